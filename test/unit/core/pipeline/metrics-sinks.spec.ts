import { pipelineText, problemsOf } from './pipeline-text';

const STATELESS = { key: undefined, window: undefined, aggregate: undefined };

function problems(sinks: string, lines: Parameters<typeof pipelineText>[0] = {}): string[] {
  return problemsOf(pipelineText({ ...lines, sinks: `  sinks: [${sinks}]` })).map((text) =>
    text.replace(/^\d+:\d+: /, ''),
  );
}

describe('a metrics sink', () => {
  it.each([
    '{ metrics: { name: total, value: total } }',
    '{ metrics: { name: mean_x, value: total / n, title: key.k, maxSeries: 1000, ttl: 5m } }',
  ])('takes %s', (sink) => {
    expect(problems(sink)).toEqual([]);
  });

  const at = 'spec.sinks[0].metrics';

  it.each([
    ['{ metrics: { name: total } }', `${at}.value: is missing; text is needed`],
    [
      '{ metrics: { name: total, value: total, title: names } }',
      `${at}.title: unknown aggregate "names"; known: total, n, key, window, revision, final`,
    ],
    [
      '{ metrics: { name: total, value: total, ttl: never } }',
      `${at}.ttl: "never" is no duration; a duration such as 250ms, 10s, 5m, 1h, 7d or PT1H is needed`,
    ],
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

  const personal = (field: string) => ({
    source: `  source: { topic: in, format: json, personal: [${field}], time: { field: at } }`,
  });

  it('refuses a key that is personal, or made of something that is', () => {
    const open = 'is personal, and /metrics shows it to whoever may scrape it';
    const sink = '{ metrics: { name: t, value: n } }';
    expect(problems(sink, personal('k'))).toEqual([`${at}: key.k ${open}`]);
    const derived = { key: '  key: [who]', derive: '  derive: { full: user.email + "", who: full }' };
    expect(problems(sink, { ...personal('email'), ...derived })).toEqual([`${at}: key.who ${open}`]);
  });

  it('refuses values and titles of personal fields, but for counts', () => {
    const aggregate = '  aggregate: { top: max(twice), last_x: last(x), n: count(x), m: distinct(twice) }';
    const lines = { ...personal('x'), aggregate };
    const told = 'is made of a personal field, and /metrics shows it to whoever may scrape it';
    expect(problems('{ metrics: { name: t, value: top, title: last_x } }', lines)).toEqual([
      `${at}.value: top ${told}`,
      `${at}.title: last_x ${told}`,
    ]);
    expect(problems('{ metrics: { name: t, value: n + m } }', lines)).toEqual([]);
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
