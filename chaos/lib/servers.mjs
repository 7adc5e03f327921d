import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROFILE = 'test';
const START_TRIES = 10;

/** The runner's own Kafka, Redis and Cassandra. What it found running it leaves running. */
export class ChaosServers {
  /** Loaded late: the stack reads the offset of its ports from the environment as it is asked. */
  static async acquire(log) {
    const [stack, { profileOf }] = await Promise.all([
      import('../../stack/index.mjs'),
      import('../../stack/profiles.mjs'),
    ]);
    const before = await stack.status(PROFILE);
    const servers = new ChaosServers(
      stack,
      profileOf(PROFILE),
      before.every(({ answers }) => answers),
    );
    await stack.up(PROFILE, { log });
    return servers;
  }

  constructor(stack, { ports, folder }, wereUp) {
    Object.assign(this, { stack, folder, wereUp });
    this.ports = { kafka: ports.kafka, redis: ports.redis, cassandra: ports.cassandra };
    this.addresses = stack.addresses(PROFILE);
  }

  kill(server) {
    return this.stack.kill(PROFILE, server, 'SIGKILL');
  }

  pause(server) {
    return this.stack.kill(PROFILE, server, 'SIGSTOP');
  }

  resume(server) {
    return this.stack.kill(PROFILE, server, 'SIGCONT');
  }

  /** A port may stay taken for a moment after its holder was killed: tried for a while. */
  async start(server) {
    for (let left = START_TRIES; ; left--) {
      try {
        return await this.stack.start(PROFILE, server);
      } catch (error) {
        if (left === 1) throw error;
        await sleep(1_000);
      }
    }
  }

  restart(server) {
    return this.stack.restart(PROFILE, server);
  }

  /** Kills Redis and takes the last `ms` of its append-only file away, as the loss of a machine would. */
  async rewindRedis(ms) {
    const folder = join(this.folder, 'redis', 'appendonlydir');
    const newest = readdirSync(folder)
      .filter((name) => name.endsWith('.incr.aof'))
      .sort()
      .at(-1);
    const file = join(folder, newest);
    const { size } = statSync(file);
    await sleep(ms);
    await this.kill('redis');
    truncateSync(file, size);
  }

  async release() {
    if (!this.wereUp) await this.stack.down(PROFILE);
  }
}
