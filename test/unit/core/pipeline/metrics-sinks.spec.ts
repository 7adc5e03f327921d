import { pipelineText, problemsOf } from './pipeline-text';

const STATELESS = { key: undefined, window: undefined, aggregate: undefined };

function problems(sinks: string, lines: Parameters<typeof pipelineText>[0] = {}): string[] {
  return problemsOf(pipelineText({ ...lines, sinks: `  sinks: [${sinks}]` })).map((text) =>
    text.replace(/^\d+:\d+: /, ''),
  );
}

describe('a metrics sink', () => {
  it.each(['{ metrics: { name: total, value: total } }', '{ metrics: { name: mean_x, value: total / n, maxSeries: 1000 } }'])(
    'takes %s',
    (sink) => {
      expect(problems(sink)).toEqual([]);
    },
  );

  const at = 'spec.sinks[0].metrics';

  it.each([
    ['{ metrics: { name: total } }', `${at}.value: is missing; text is needed`],
    ['{ metrics: { name: total, value: totl } }', `${at}.value: unknown aggregate "totl"; did you mean "total"?`],
    [
      '{ metrics: { name: Total, value: total } }',
      `${at}.name: a name is made of lower-case letters, digits and _ (at most 48)`,
    ],
    [
      '{ metrics: { name: t, value: total } }, { metrics: { name: t, value: n } }',
      'spec.sinks[1].metrics.name: is the name of another metrics sink of the pipeline',
    ],
  ])('refuses %s', (sinks, problem) => {
    expect(problems(sinks)).toEqual([problem]);
  });

  it('refuses a key that must not be shown', () => {
    const source = '  source: { topic: in, format: json, personal: [k], time: { field: at } }';
    expect(problems('{ metrics: { name: t, value: total } }', { source })).toEqual([
      `${at}: key.k is personal, and /metrics shows keys to whoever may scrape it`,
    ]);
  });

  it('refuses more series than Prometheus bears, and rows that have no key', () => {
    expect(problems('{ metrics: { name: t, value: total, maxSeries: 1001 } }')).toEqual([
      expect.stringMatching(/^spec\.sinks\[0\]\.metrics\.maxSeries: /),
    ]);
    expect(problems('{ metrics: { name: t, value: x } }', STATELESS)).toEqual([
      expect.stringMatching(/metrics: needs rows that change: give the pipeline a key/),
    ]);
  });
});
