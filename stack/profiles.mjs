import { homedir } from 'node:os';
import { join } from 'node:path';

const PORTS = {
  dev: { kafka: 9092, controller: 9093, redis: 6379, cassandra: 9042, storage: 7000, jmx: 7199, registry: 8081 },
  test: {
    kafka: 19092,
    controller: 19093,
    redis: 16379,
    cassandra: 19042,
    storage: 17000,
    jmx: 17199,
    registry: 18081,
  },
};

export const SERVERS = ['kafka', 'redis', 'cassandra', 'schema-registry'];

/**
 * One set of servers: its ports and its folder. Two profiles share neither, so `test` never sees a
 * developer's data. MILLRACE_TEST_PORT_OFFSET moves the test profile aside, for two clones that are
 * tested at once; offsets are multiples of 1000, because tests that break servers start their own
 * 500 above. Nothing here touches the disk.
 */
export function profileOf(name) {
  if (!PORTS[name]) throw new Error(`unknown profile '${name}': use one of ${Object.keys(PORTS).join(', ')}`);
  const offset = name === 'test' ? Number(process.env.MILLRACE_TEST_PORT_OFFSET || 0) : 0;
  const ports = Object.fromEntries(Object.entries(PORTS[name]).map(([server, port]) => [server, port + offset]));
  const folder = join(stateHome(), 'millrace', 'stack', offset ? `${name}-${offset}` : name);
  return { name, ports, folder, disposable: name === 'test' };
}

/** The jars' cache: outside the checkout, shared by all clones of a user. */
export function cacheFolder() {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'millrace');
}

function stateHome() {
  return process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
}
