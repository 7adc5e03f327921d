import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { TracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace';

import { VERSION } from '../version';
import { SpanTracer } from './span-tracer';
import { currentTraceparent } from './traceparent';
import type { Tracing } from './tracing';
import { tracedProducer } from './traced-producer';

/** How long the end of the process waits for the collector. */
const CLOSE_MS = 2_000;

/**
 * Sends spans over OTLP/HTTP to where the `OTEL_EXPORTER_OTLP_*` variables say. Samplers, limits and attributes of the
 * resource are those of the other `OTEL_*` variables. A collector that is away costs spans and nothing else: they are
 * dropped once 2,048 wait.
 */
export function startOpenTelemetry(): Tracing {
  const name = resourceFromAttributes({ 'service.name': 'millrace', 'service.version': VERSION });
  const provider = new TracerProvider({
    // Later ones win: what the environment says, is so.
    resource: defaultResource()
      .merge(name)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return {
    tracer: new SpanTracer(provider.getTracer('millrace', VERSION)),
    tracedProducer: (producer) => tracedProducer(producer, currentTraceparent),
    logFields: () => {
      const span = trace.getActiveSpan()?.spanContext();
      return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
    },
    close: () => closed(provider),
  };
}

async function closed(provider: TracerProvider): Promise<void> {
  const deadline = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
  // Spans are of no use to what else ends: a collector that is away must not fail it.
  await Promise.race([provider.shutdown().catch(() => undefined), deadline]);
}
