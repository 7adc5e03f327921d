import { ConfigError } from '../../core/errors';

const PORT = 6_379;
const SENTINEL_PORT = 26_379;

export interface RedisNode {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is, and of what kind. */
export type RedisPlace =
  | { readonly kind: 'server'; readonly url: string; readonly tls: boolean }
  | { readonly kind: 'sentinel'; readonly nodes: readonly RedisNode[]; readonly name: string; readonly tls: boolean }
  | { readonly kind: 'cluster'; readonly nodes: readonly RedisNode[]; readonly tls: boolean };

/**
 * Reads `redis://host:6379`, `redis-sentinel://host:26379,host:26379/name` or `redis-cluster://host:6379,host:6379`; with
 * `rediss` for TLS. Ports may be left out, and of a cluster one node is enough. Throws ConfigError.
 */
export function redisPlaces(url: string): RedisPlace {
  if (/^rediss?:\/\//.test(url)) return { kind: 'server', url, tls: url.startsWith('rediss:') };
  const [, secure, kind, list = '', name] = /^redis(s?)-(sentinel|cluster):\/\/([^/]+)(?:\/(.+))?$/.exec(url) ?? [];
  const tls = secure === 's';
  const nodes = list.split(',').map((place) => nodeOf(place, kind === 'sentinel' ? SENTINEL_PORT : PORT));
  if (nodes.every((node) => node !== undefined)) {
    if (kind === 'sentinel' && name !== undefined) return { kind, nodes, name, tls };
    if (kind === 'cluster' && name === undefined) return { kind, nodes, tls };
  }
  throw new ConfigError(
    'MILLRACE_REDIS_URL: this address cannot be understood; use redis://host:6379, ' +
      'redis-sentinel://host:26379,host:26379/name or redis-cluster://host:6379,host:6379 (rediss instead of redis for ' +
      'TLS), with user and password in MILLRACE_REDIS_USERNAME and MILLRACE_REDIS_PASSWORD',
  );
}

function nodeOf(place: string, defaultPort: number): RedisNode | undefined {
  const match = /^(?:\[([\da-f:]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(place);
  const host = match?.[1] ?? match?.[2];
  return host === undefined ? undefined : { host, port: Number(match?.[3] ?? defaultPort) };
}
