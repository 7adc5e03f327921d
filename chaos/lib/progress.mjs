import { Redis } from 'ioredis';
import { PARTITIONS } from './records.mjs';

const EVERY_MS = 100;
const ANSWER_MS = 1_000;

/** Follows the committed offset of every task, and tells when all have moved on since a fault. */
export class Progress {
  waiting = new Set();

  /** @param {string[]} names under which tasks commit */
  constructor(address, names) {
    this.tasks = names.flatMap((name) =>
      Array.from({ length: PARTITIONS }, (_, partition) => ({ name, partition, nextOffset: 0n })),
    );
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
      const keys = this.tasks.map(({ name, partition }) => `millrace:{${name}:${partition}}:task`);
      const found = await Promise.all(keys.map((key) => this.redis.hget(key, 'nextOffset')));
      found.forEach((text, i) => (this.tasks[i].nextOffset = BigInt(text ?? 0)));
      for (const wait of this.waiting) this.check(wait, beganMs);
    } catch {
      // Redis is away: nothing is known to have moved.
    } finally {
      this.looking = false;
    }
  }

  /** Whether every task of the name has committed all that is before `ends`, by partition. */
  hasReached(name, ends) {
    const ofName = this.tasks.filter((task) => task.name === name);
    return ofName.every(({ partition, nextOffset }) => nextOffset >= ends.get(partition));
  }

  /** Resolves with the ms from now to the moment when every task has a newer commit; undefined after `stop`. */
  moved() {
    const wait = { since: Date.now() };
    return new Promise((resolve) => {
      wait.resolve = resolve;
      this.waiting.add(wait);
    });
  }

  /** The first look that began after the question tells where the tasks stood. */
  check(wait, beganMs) {
    if (beganMs < wait.since) return;
    wait.from ??= this.tasks.map(({ nextOffset }) => nextOffset);
    if (!wait.from.every((from, i) => this.tasks[i].nextOffset > from)) return;
    this.waiting.delete(wait);
    wait.resolve(Date.now() - wait.since);
  }

  async generationOf(pipeline) {
    return BigInt(await this.redis.hget(`millrace:{${pipeline}}:deployment`, 'generation'));
  }

  /** Removes what pipelines left in Redis whose names begin so. */
  async clear(prefix) {
    for await (const keys of this.redis.scanStream({ match: `millrace:{${prefix}*`, count: 1000 })) {
      if (keys.length > 0) await this.redis.unlink(...keys);
    }
  }

  stop() {
    clearInterval(this.timer);
    for (const { resolve } of this.waiting) resolve(undefined);
    this.redis.disconnect();
  }
}
