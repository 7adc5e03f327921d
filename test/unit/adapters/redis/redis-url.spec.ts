import { redisPlaces } from '../../../../src/adapters/redis/redis-url';
import { ConfigError } from '../../../../src/core/errors';

it.each(['redis://127.0.0.1:6379', 'rediss://user:secret@redis.example:6380/2'])('leaves %s to the client', (url) => {
  expect(redisPlaces(url)).toEqual({ kind: 'server', url, tls: url.startsWith('rediss') });
});

it('reads the Sentinels and the name of what they watch', () => {
  expect(redisPlaces('redis-sentinel://a:26379,b.example,[::1]:26380/primary')).toEqual({
    kind: 'sentinel',
    nodes: [
      { host: 'a', port: 26379 },
      { host: 'b.example', port: 26379 },
      { host: '::1', port: 26380 },
    ],
    name: 'primary',
    tls: false,
  });
});

it('reads the nodes of a cluster, one or many', () => {
  const nodes = [
    { host: 'a', port: 7000 },
    { host: 'b', port: 6379 },
  ];
  expect(redisPlaces('redis-cluster://a:7000,b')).toEqual({ kind: 'cluster', nodes, tls: false });
  expect(redisPlaces('rediss-cluster://a:7000')).toEqual({ kind: 'cluster', nodes: [nodes[0]], tls: true });
});

it.each([
  'redis-sentinel://a:26379',
  'redis-sentinel:///name',
  'redis-cluster://a:7000/0',
  'redis-cluster://user:secret@a:7000',
  'redis-cluster://a:7000,,b',
  'redis+cluster://a:7000',
])('refuses %s and says what to write instead, without the address', (url) => {
  expect(() => redisPlaces(url)).toThrow(ConfigError);
  expect(() => redisPlaces(url)).toThrow(/redis-cluster:\/\/host:6379,host:6379/);
  expect(() => redisPlaces(url)).not.toThrow(/secret/);
});
