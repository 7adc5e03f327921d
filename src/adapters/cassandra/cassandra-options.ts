import type { ConnectionOptions } from 'node:tls';
import { type ClientOptions, policies, types } from 'cassandra-driver';
import { ConfigError } from '../../core/errors';

const { consistencies: level } = types;

const CONSISTENCIES = {
  LOCAL_ONE: level.localOne,
  ONE: level.one,
  TWO: level.two,
  THREE: level.three,
  LOCAL_QUORUM: level.localQuorum,
  QUORUM: level.quorum,
  EACH_QUORUM: level.eachQuorum,
  ALL: level.all,
} as const;

export type ConsistencyName = keyof typeof CONSISTENCIES;

export interface CassandraOptions {
  /** `host` or `host:port`, at least one. */
  readonly contactPoints: readonly string[];
  readonly localDataCenter: string;
  /** Of reads and writes; `LOCAL_QUORUM` by default. Rows survive the loss of a node only from a quorum on. */
  readonly consistency?: ConsistencyName;
  readonly username?: string;
  readonly password?: string;
  readonly ssl?: ConnectionOptions;
}

/** How long one host may take over one request before the next host is asked, ms. Cassandra gives up after 2 to 5 s. */
export const READ_TIMEOUT_MS = 6_000;

/** The driver's options for ours. Throws ConfigError for a consistency that does not exist. */
export function driverOptions(options: CassandraOptions): ClientOptions & { monitorReporting: { enabled: boolean } } {
  return {
    contactPoints: [...options.contactPoints],
    localDataCenter: options.localDataCenter,
    queryOptions: { consistency: consistencyOf(options.consistency ?? 'LOCAL_QUORUM'), prepare: true },
    // 64-bit columns and `USING TIMESTAMP` exceed what a number holds exactly.
    encoding: { useBigIntAsLong: true, useBigIntAsVarint: true },
    pooling: { heartBeatInterval: 15_000, maxRequestsPerConnection: 2_048 },
    socketOptions: { connectTimeout: 3_000, readTimeout: READ_TIMEOUT_MS },
    // The driver's own default waits up to ten minutes before it looks again at a host that was down.
    policies: { reconnection: new policies.reconnection.ExponentialReconnectionPolicy(250, 5_000, false) },
    monitorReporting: { enabled: false },
    ...(options.username !== undefined && {
      credentials: { username: options.username, password: options.password ?? '' },
    }),
    ...(options.ssl && { sslOptions: options.ssl }),
  };
}

export function consistencyOf(name: string): types.consistencies {
  const found = Object.hasOwn(CONSISTENCIES, name) ? CONSISTENCIES[name as ConsistencyName] : undefined;
  if (found !== undefined) return found;
  throw new ConfigError(`Cassandra consistency '${name}': use one of ${Object.keys(CONSISTENCIES).join(', ')}`);
}
