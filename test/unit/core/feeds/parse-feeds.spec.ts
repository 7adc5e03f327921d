import { parseFeedFiles } from '../../../../src/core/feeds/parse-feeds';
import { problemText } from '../../../../src/core/pipeline/problem';
import { feedText, problemsOf } from '../../../support/feeds';

const POLL = 'source: { kind: http-poll, url: "http://up/", every: 30s }';

describe('a feed that is wrong', () => {
  it.each([
    ['topic: t', '4:1: spec.source: is missing; a mapping is needed'],
    [`topic: "no topic"\n${POLL}`, '5:10: spec.topic: the name of a topic is made of letters'],
    ['topic: t\nsource: { kind: http-pol, url: "http://up/" }', 'unknown value "http-pol"; did you mean "http-poll"?'],
    ['topic: t\nsource: { kind: http-poll, url: "ftp://up/", every: 1s }', 'an address that begins with http://'],
    ['topic: t\nsource: { kind: http-poll, url: "http://up/" }', 'spec.source.every: every or cron is needed'],
    [`topic: t\n${POLL.replace('every: 30s', 'every: 30s, cron: "* * * * *"')}`, 'cron and every exclude each other'],
    [`topic: t\n${POLL}\nfelds: { a: item.a }`, 'unknown property "felds"; did you mean "fields"?'],
    [`topic: t\n${POLL}\nrecords: body.data[`, '7:22: spec.records: '],
    [`topic: t\n${POLL}\nrecords: bdy.data`, '7:12: spec.records: unknown name "bdy"; did you mean "body"?'],
    [`topic: t\n${POLL}\nwhere: '"text"'`, 'spec.where: a condition is needed; this gives string'],
    [`topic: t\n${POLL}\nfields: { a: item.a }\nkey: [b]`, '8:9: spec.key[0]: fields has no "b"; did you mean "a"?'],
    [`topic: t\n${POLL}\nfields: { a: item.a }\nvalid: { positive: b > 0 }`, 'unknown name "b"'],
    [`topic: t\n${POLL}\nfields: { a: random() }`, 'unknown function "random"'],
    [`topic: t\n${POLL}\npartitioner: { kind: range, by: a, bounds: [3, 1] }`, 'bounds must ascend and be of one type'],
    [`topic: t\n${POLL}\ndedupe: { by: item.id, remember: 50000 }`, 'must be at most 20000'],
    ['topic: t\nsource: { kind: webhook, signature: { secret: short } }', 'at least 8 characters are needed'],
    ['topic: t\nsource: { kind: generator }', 'spec.source.rate: is missing; a number is needed'],
  ])('is refused with its place: %s', (spec, expected) => {
    const problems = problemsOf(feedText(spec));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });

  it('is no YAML, or of a kind that is none, and is not overlooked', () => {
    expect(problemsOf('kind: Feed\nspec: { a: b[0].c }')[0]).toMatch(/^2:/);
    const { problems } = parseFeedFiles([{ path: 'f', text: 'kind: Fed' }], {}, undefined, ['Pipeline', 'Test']);
    expect(problems.map(problemText)).toContain('f:1:7: kind: unknown value "Fed"; did you mean "Feed"?');
  });

  it('takes its name from no other feed', () => {
    const text = feedText(`topic: t\n${POLL}`);
    const { feeds, problems } = parseFeedFiles(
      [
        { path: 'a', text },
        { path: 'b', text },
      ],
      {},
    );
    expect(feeds.map(({ file }) => file)).toEqual(['a']);
    expect(problems.map(problemText)).toEqual(['b:3:19: metadata.name: "made" is the name of a feed in a too']);
  });
});

describe('a placeholder', () => {
  const spec = `topic: t\nenabled: \${ON:-false}\nsource: { kind: http-poll, url: "\${UP:-http://real/}path", every: "\${EVERY:-30s}" }`;
  const specOf = (environment: Record<string, string>) =>
    parseFeedFiles([{ path: 'f', text: feedText(spec) }], environment).feeds[0]?.definition.spec;

  it('stands for a value of the environment, or its default', () => {
    expect(specOf({})).toMatchObject({ enabled: false, source: { url: 'http://real/path', every: 30_000 } });
    expect(specOf({ UP: 'http://local:1/', EVERY: '2s', ON: 'true' })).toMatchObject({
      enabled: true,
      source: { url: 'http://local:1/path', every: 2_000 },
    });
  });

  it('counts as not set when it is empty, as in a shell', () => {
    expect(specOf({ UP: '' })).toMatchObject({ source: { url: 'http://real/path' } });
  });

  it('without a default is a problem at its place while it is not set', () => {
    const text = feedText('topic: t\nsource: { kind: webhook, signature: { secret: "${SECRET}" } }');
    expect(problemsOf(text)).toEqual([
      '6:49: spec.source.signature.secret: SECRET is not set; set it in the environment or write ${SECRET:-a default}',
    ]);
    expect(problemsOf(text, { SECRET: 'long enough' })).toEqual([]);
  });
});
