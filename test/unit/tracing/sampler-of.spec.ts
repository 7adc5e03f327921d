import { samplerOf } from '../../../src/tracing/sampler-of';

describe('what is traced', () => {
  it.each([
    [{}, 'AlwaysOnSampler'],
    [{ OTEL_TRACES_SAMPLER: 'always_off' }, 'AlwaysOffSampler'],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, 'AlwaysOnSampler'],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' }, 'TraceIdRatioBased{0.25}'],
  ])('is as %p says', (environment, sampler) => {
    expect(samplerOf(environment).toString()).toBe(sampler);
  });

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'jaeger_remote' }, 'OTEL_TRACES_SAMPLER: "jaeger_remote" was given'],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' }, 'OTEL_TRACES_SAMPLER_ARG: "2" was given'],
  ])('is not guessed from %p', (environment, message) => {
    expect(() => samplerOf(environment)).toThrow(message);
  });
});
