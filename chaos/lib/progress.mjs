import { Redis } from 'ioredis';
import { PARTITIONS } from './records.mjs';

const EVERY_MS = 100;
const ANSWER_MS = 1_000;

/** Follows the committed offset of every partition, and tells when all have moved on since a fault. */
export class Progress {
  /** Partition to the next offset that its last commit named. */
  offsets = new Array(PARTITIONS).fill(0n);
  waiting = new Set();

  constructor(address, pipeline) {
    this.pipeline = pipeline;
    this.redis = new Redis(address, {
      retryStrategy: () => 200,
      commandTimeout: ANSWER_MS,
      maxRetriesPerRequest: 0,
    });
    // Redis is killed on purpose; a request that fails is made again.
    this.redis.on('error', () => {});
    this.timer = setInterval(() => void this.look(), EVERY_MS);
  }

  async look() {
    if (this.looking) return;
    this.looking = true;
    const beganMs = Date.now();
    try {
      const keys = this.offsets.map((_, partition) => `millrace:{${this.pipeline}:${partition}}:task`);
      const found = await Promise.all(keys.map((key) => this.redis.hget(key, 'nextOffset')));
      found.forEach((text, partition) => (this.offsets[partition] = BigInt(text ?? 0)));
      for (const wait of this.waiting) this.check(wait, beganMs);
    } catch {
      // Redis is away: nothing is known to have moved.
    } finally {
      this.looking = false;
    }
  }

  /** Resolves with the ms from now to the moment when every partition has a newer commit; undefined after `stop`. */
  moved() {
    const wait = { since: Date.now() };
    return new Promise((resolve) => {
      wait.resolve = resolve;
      this.waiting.add(wait);
    });
  }

  /** The first look that began after the question tells where the partitions stood. */
  check(wait, beganMs) {
    if (beganMs < wait.since) return;
    wait.from ??= [...this.offsets];
    if (!wait.from.every((from, partition) => this.offsets[partition] > from)) return;
    this.waiting.delete(wait);
    wait.resolve(Date.now() - wait.since);
  }

  async generation() {
    return BigInt(await this.redis.hget(`millrace:{${this.pipeline}}:deployment`, 'generation'));
  }

  /** Removes what the run left in Redis. */
  async clear() {
    for await (const keys of this.redis.scanStream({ match: `millrace:{${this.pipeline}*`, count: 1000 })) {
      if (keys.length > 0) await this.redis.unlink(...keys);
    }
  }

  stop() {
    clearInterval(this.timer);
    for (const { resolve } of this.waiting) resolve(undefined);
    this.redis.disconnect();
  }
}
