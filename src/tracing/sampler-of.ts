import { AlwaysOffSampler, AlwaysOnSampler, type Sampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';

import { ConfigError } from '../core/errors';

/** Batches and checkpoints begin traces of their own: what depends on a parent is what it is without one. */
const PARENT_BASED = 'parentbased_';

/**
 * Which work is traced, by `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG`; everything by default. Throws ConfigError for
 * another name, or a share that is not from 0 to 1.
 */
export function samplerOf(environment: Readonly<Partial<Record<string, string>>>): Sampler {
  const { OTEL_TRACES_SAMPLER: given = 'always_on', OTEL_TRACES_SAMPLER_ARG: share = '1' } = environment;
  switch (given.startsWith(PARENT_BASED) ? given.slice(PARENT_BASED.length) : given) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(checkedShare(share));
    default:
      throw new ConfigError(
        `OTEL_TRACES_SAMPLER: "${given}" was given; it must be always_on, always_off or traceidratio`,
      );
  }
}

function checkedShare(given: string): number {
  const share = Number(given);
  if (share >= 0 && share <= 1) return share;
  throw new ConfigError(`OTEL_TRACES_SAMPLER_ARG: "${given}" was given; it must be a number from 0 to 1`);
}
