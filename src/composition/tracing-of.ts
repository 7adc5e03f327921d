import type { MillraceConfig } from '../config/config';
import type { Tracing } from '../tracing/tracing';

/**
 * Tracing as the settings ask for it; `undefined` where it is off, and then nothing of OpenTelemetry is loaded.
 * `MILLRACE_TRACING` decides; without it, whether the environment names a collector.
 */
export async function tracingOf(
  { tracing }: Pick<MillraceConfig, 'tracing'>,
  environment: Readonly<Partial<Record<string, string>>>,
): Promise<Tracing | undefined> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: collector, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ofTraces } = environment;
  if (!(tracing ?? Boolean(collector ?? ofTraces))) return undefined;
  const { startOpenTelemetry } = await import('../tracing/open-telemetry.js');
  return startOpenTelemetry(environment);
}
