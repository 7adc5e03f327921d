import { createHash } from 'node:crypto';
import { digestOf, parseApiKeys, SCOPES } from '../../../src/config/api-keys';
import { loadConfig } from '../../../src/config/config';
import { ConfigError } from '../../../src/core/errors';

const KEY = 'a-key-of-some-length';
const listed = (...lines: string[]): string => ['# who may call', 'keys:', ...lines].join('\n');

describe('the keys of the API', () => {
  it('have names and scopes, and may be given as what they are or as their SHA-256', () => {
    const sha256 = createHash('sha256').update('another').digest('hex');
    const keys = parseApiKeys(
      listed(
        `  - { name: page, key: ${KEY}, scopes: [read] }`,
        `  - { name: ops, sha256: ${sha256}, scopes: [read, operate] }`,
      ),
    );
    expect(keys).toEqual([
      { name: 'page', digest: digestOf(KEY), scopes: new Set(['read']) },
      { name: 'ops', digest: digestOf('another'), scopes: new Set(['read', 'operate']) },
    ]);
  });

  it('may be JSON', () => {
    const [key] = parseApiKeys(JSON.stringify({ keys: [{ name: 'a', key: KEY, scopes: ['ingest'] }] }));
    expect(key).toEqual({ name: 'a', digest: digestOf(KEY), scopes: new Set(['ingest']) });
  });

  it.each(['one,two', 'one\ntwo\n', '# the first\none two', ' one ,\n two'])(
    'may be plain, in %j, for everything',
    (text) => {
      const keys = parseApiKeys(text);
      expect(keys.map(({ digest }) => digest)).toEqual([digestOf('one'), digestOf('two')]);
      for (const { name, scopes } of keys)
        expect([name, scopes]).toEqual([expect.stringMatching(/^sha256:\w{8}$/), new Set(SCOPES)]);
    },
  );

  it.each([
    [
      'a scope that does not exist',
      listed(`  - { name: a, key: ${KEY}, scopes: [opperate] }`),
      /keys\.0\.scopes\.0: .*operate/,
    ],
    ['no scope', listed(`  - { name: a, key: ${KEY}, scopes: [] }`), /keys\.0\.scopes/],
    ['a misspelt field', listed(`  - { name: a, kye: ${KEY}, scopes: [read] }`), /keys\.0: .*kye/],
    ['neither key nor digest', listed('  - { name: a, scopes: [read] }'), /keys\.0: give one of key and sha256/],
    ['a short key', listed('  - { name: a, key: short, scopes: [read] }'), /keys\.0\.key.*16/],
    ['two of one name', listed(...[1, 2].map((n) => `  - { name: a, key: ${KEY}${n}, scopes: [read] }`)), /same name/],
    ['broken YAML', listed(`  - { name: a, key: ${KEY}`), /no YAML/],
    ['an empty list', 'keys: []', /keys/],
    ['nothing', ' \n', /no key/],
  ])('are refused for %s, without a word of a key', (_, text, reason) => {
    const refused = (): unknown => parseApiKeys(text);
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(reason);
    expect(refused).not.toThrow(KEY);
  });

  it('are refused at the start with the name of their setting', () => {
    expect(() => loadConfig({ MILLRACE_API_KEYS: 'keys: []' })).toThrow(
      /MILLRACE_API_KEYS: a secret text was given; .*keys/,
    );
  });
});

describe('who needs a key', () => {
  const policy = (environment: Record<string, string>): string => loadConfig(environment).access.policy;

  it('is everyone where there are keys, and nobody without servers', () => {
    expect(policy({ MILLRACE_API_KEYS: 'a' })).toBe('keys');
    expect(policy({ MILLRACE_MODE: 'embedded' })).toBe('none');
    expect(policy({ MILLRACE_MODE: 'embedded', MILLRACE_API_KEYS: 'a' })).toBe('keys');
  });

  it('is told plainly to let all in with servers; without keys only this machine is let in', () => {
    expect(policy({})).toBe('local');
    expect(policy({ MILLRACE_AUTH: 'none' })).toBe('none');
  });

  it('is not both everyone and nobody', () => {
    expect(() => loadConfig({ MILLRACE_AUTH: 'keys' })).toThrow('MILLRACE_API_KEYS: nothing was given');
    expect(() => loadConfig({ MILLRACE_AUTH: 'none', MILLRACE_API_KEYS: 'a' })).toThrow(
      'MILLRACE_AUTH: "none" was given',
    );
  });

  it.each(['ops.example', 'https://ops.example/', 'https://ops.example/page', '*'])(
    'refuses %s as an origin',
    (origin) => {
      expect(() => loadConfig({ MILLRACE_HTTP_ORIGINS: origin })).toThrow('MILLRACE_HTTP_ORIGINS');
    },
  );
});
