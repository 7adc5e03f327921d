import { pipelineText, problemsOf } from './pipeline-text';

const STATELESS = { key: undefined, window: undefined, aggregate: undefined };

function problems(redis: string, lines: Parameters<typeof pipelineText>[0] = {}): string[] {
  return problemsOf(pipelineText({ ...lines, sinks: `  sinks: [{ redis: ${redis} }]` })).map((text) =>
    text.replace(/^\d+:\d+: /, ''),
  );
}

describe('a redis sink', () => {
  it.each([
    '{ leaderboard: { member: key.k, score: total } }',
    '{ leaderboard: { key: window.date, member: key.k, score: total / n, order: lowest, size: 10, ttl: 1h } }',
    '{ latest: {} }',
    '{ unique: { member: window.date } }',
    '{ counter: { key: key.k, member: window.date, value: n, ttl: 1d } }',
  ])('takes %s', (redis) => {
    expect(problems(redis)).toEqual([]);
  });

  const at = 'spec.sinks[0].redis';

  it.each([
    ['{ leaderbord: {} }', `${at}: unknown view "leaderbord"; did you mean "leaderboard"?`],
    ['{}', `${at}: exactly one of leaderboard, latest, unique, counter is needed`],
    ['{ leaderboard: { member: key.k } }', `${at}.leaderboard.score: is missing; text is needed`],
    [
      '{ leaderboard: { member: key.k, score: total, order: most } }',
      `${at}.leaderboard.order: unknown value "most"; known: highest, lowest`,
    ],
    [
      '{ leaderboard: { member: key.k, score: totl } }',
      `${at}.leaderboard.score: unknown aggregate "totl"; did you mean "total"?`,
    ],
    [
      '{ leaderboard: { member: string(total), score: n } }',
      `${at}.leaderboard.member: neither key nor member holds key.k; different rows would overwrite each other`,
      `${at}.leaderboard.member: total changes from one version of a row to the next; name fields of key and window only`,
    ],
    [
      '{ counter: { member: window.date, value: n } }',
      `${at}.counter.member: neither key nor member holds key.k; different rows would overwrite each other`,
    ],
    [
      '{ unique: { key: window.date, member: key.k, ttl: never } }',
      `${at}.unique.ttl: boards of windows that are over would stay for ever; give a duration`,
    ],
    ['{ latest: { size: 0 } }', `${at}.latest.size: must be at least 1`],
  ])('refuses %s', (redis, ...expected) => {
    expect(problems(redis)).toEqual(expected);
  });

  it('asks for a time where no window has one', () => {
    const wanted = `${at}.latest: no window says how new a row is; say it with at: a field that holds a time`;
    expect(problems('{ latest: {} }', STATELESS)).toEqual([wanted]);
    expect(problems('{ latest: {} }', { window: '  window: { kind: global }', late: undefined })).toEqual([wanted]);
    expect(problems('{ latest: { at: seen_at } }', STATELESS)).toEqual([]);
  });

  it('ranks no rows that never change', () => {
    expect(problems('{ leaderboard: { member: name, score: x } }', STATELESS)).toEqual([
      `${at}.leaderboard: needs rows that change: give the pipeline a key, a window such as { kind: global }, and aggregates`,
    ]);
    expect(problems('{ unique: { member: name } }', STATELESS)).toEqual([]);
  });

  it('is there once for each view', () => {
    const text = pipelineText({ sinks: '  sinks: [{ redis: { latest: {} } }, { redis: { latest: {} } }]' });
    expect(problemsOf(text)).toEqual([expect.stringContaining('spec.sinks[1]: a second latest sink; at most one')]);
    const both = '  sinks: [{ redis: { latest: {} } }, { redis: { unique: { member: key.k } } }]';
    expect(problemsOf(pipelineText({ sinks: both }))).toEqual([]);
  });
});
