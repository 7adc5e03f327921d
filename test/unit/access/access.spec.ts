import { Access } from '../../../src/access/access';
import { parseApiKeys, type Policy } from '../../../src/config/api-keys';

const keysOf = (...scopes: string[]) =>
  parseApiKeys(`keys: [{ name: ops, key: 0123456789abcdef, scopes: [${scopes.join()}] }]`);
const accessOf = (policy: Policy, origins: string[] = []): Access =>
  new Access({ policy, keys: keysOf('read'), origins });

function request(headers: Record<string, string> = {}, remoteAddress = '127.0.0.1'): Parameters<Access['admit']>[0] {
  return { headers: { host: 'localhost:3000', ...headers }, socket: { remoteAddress } as never };
}

describe('access without keys, by programs of this machine', () => {
  const access = accessOf('local');

  it.each([
    ['127.0.0.1', 'localhost'],
    ['127.0.0.53', '127.0.0.1:3000'],
    ['::1', '[::1]:3000'],
    ['::ffff:127.0.0.1', 'LOCALHOST:80'],
  ])('is given to %s that asks %s', (address, host) => {
    expect(access.admit(request({ host }, address), 'operate')).toMatchObject({ name: 'local' });
  });

  it.each<[string, Record<string, string>, string]>([
    ['another machine', {}, '10.0.0.7'],
    ['another machine by IPv6', {}, '::ffff:10.0.0.7'],
    ['a connection that is gone', {}, ''],
    ['a proxy on this machine', { 'x-forwarded-for': '10.0.0.7' }, '127.0.0.1'],
    ['a proxy that says so by the standard', { forwarded: 'for=10.0.0.7' }, '127.0.0.1'],
    ['a name that leads here', { host: 'rebound.example:3000' }, '127.0.0.1'],
    ['a name that begins like a local one', { host: 'localhost.example' }, '127.0.0.1'],
  ])('is not given to %s', (_, headers, address) => {
    expect(access.admit(request(headers, address), 'read')).toBe('not-local');
  });
});

describe('access by keys', () => {
  const access = accessOf('keys');
  const key = { 'x-api-key': '0123456789abcdef' };

  it('is given for the scopes of the key', () => {
    expect(access.admit(request(key, '10.0.0.7'), 'read')).toMatchObject({ name: 'ops' });
    expect(access.admit(request(key), 'ingest')).toBe('missing-scope');
    expect(access.admit(request(key), 'operate')).toBe('missing-scope');
  });

  it('is not given without a known key, to this machine neither', () => {
    expect(access.admit(request(), 'read')).toBe('no-key');
    expect(access.admit(request({ 'x-api-key': '0123456789abcdeF' }), 'read')).toBe('unknown-key');
  });

  it('ends what lasts when its key is gone, or may no longer do it, and nothing else', () => {
    const changing = accessOf('keys');
    const ended: string[] = [];
    changing.watch(request(key), 'read', () => ended.push('first'));
    const leave = changing.watch(request(key), 'read', () => ended.push('gone by itself'));
    leave();
    changing.replaceKeys(keysOf('read', 'operate'));
    expect(ended).toEqual([]);
    changing.replaceKeys(keysOf('ingest'));
    expect(ended).toEqual(['first']);
    changing.replaceKeys(parseApiKeys('another'));
    expect(ended).toEqual(['first']);
    expect(changing.admit(request(key), 'read')).toBe('unknown-key');
  });
});

describe('access of pages', () => {
  it.each<Policy>(['keys', 'local', 'none'])('of another origin is refused with policy %s', (policy) => {
    const headers = { origin: 'https://elsewhere.example', 'x-api-key': '0123456789abcdef' };
    expect(accessOf(policy).admit(request(headers), 'read')).toBe('other-origin');
    expect(accessOf(policy).admit(request({ ...headers, origin: 'null' }), 'read')).toBe('other-origin');
    const allowing = accessOf(policy, ['https://elsewhere.example']);
    expect(allowing.admit(request(headers), 'read')).not.toBe('other-origin');
  });

  it('of the same origin is given', () => {
    expect(accessOf('local').admit(request({ origin: 'http://localhost:3000' }), 'operate')).toMatchObject({
      name: 'local',
    });
  });
});
