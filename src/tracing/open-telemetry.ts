import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

import { VERSION } from '../version';
import { samplerOf } from './sampler-of';
import { SpanTracer } from './span-tracer';
import { currentIds, currentTraceparent } from './traceparent';
import type { Tracing } from './tracing';
import { tracedProducer } from './traced-producer';

/** How long the end of the process waits for the collector. */
const CLOSE_MS = 2_000;

/** Between two exports, as OpenTelemetry has it. */
const EXPORT_EVERY_MS = 5_000;

/**
 * Sends spans over OTLP/HTTP to where the `OTEL_EXPORTER_OTLP_*` variables say, under the name and attributes that
 * `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` give. A collector that is away costs spans and nothing else: they are
 * dropped once 2,048 wait. Throws ConfigError for a sampler that there is not.
 */
export function startOpenTelemetry(environment: Readonly<Partial<Record<string, string>>>): Tracing {
  const name = resourceFromAttributes({ 'service.name': 'millrace', 'service.version': VERSION });
  const scheduledDelayMillis = Number(environment['OTEL_BSP_SCHEDULE_DELAY']) || EXPORT_EVERY_MS;
  const provider = new TracerProvider({
    sampler: samplerOf(environment),
    // Later ones win: what the environment says, is so.
    resource: defaultResource()
      .merge(name)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), scheduledDelayMillis })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return {
    tracer: new SpanTracer(provider.getTracer('millrace', VERSION)),
    tracedProducer: (producer) => tracedProducer(producer, currentTraceparent),
    logFields: currentIds,
    close: () => closed(provider),
  };
}

async function closed(provider: TracerProvider): Promise<void> {
  const deadline = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
  // Spans are of no use to what else ends: a collector that is away must not fail it.
  await Promise.race([provider.shutdown().catch(() => undefined), deadline]);
}
