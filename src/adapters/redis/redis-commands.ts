import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RedisClient } from './redis-connection';

type Argument = string | number | Buffer;

type DeploymentArguments = [definition: string, partitions: string, ...fieldsAndValues: string[]];

/** Whether it was allowed (1), what is left, ms to wait, ms until nothing is used. */
export type RateAnswer = readonly [number, string, string, string];

/** The scripts of `scripts/`, loaded once for each connection and called by their hash. */
interface Scripts {
  millraceAdopt(...keysAndArguments: string[]): Promise<'OK' | 'LOST'>;
  millraceClaim(task: string, segments: string, pending: string, owner: string, prefix: string): Promise<unknown>;
  millraceCommit(numberOfKeys: number, ...keysAndArguments: Argument[]): Promise<unknown>;
  millraceCopy(...keysAndArguments: Argument[]): Promise<[string[], (string | number)[], number] | null>;
  millraceDeploy(deployment: string, ...fields: DeploymentArguments): Promise<unknown>;
  millraceFill(text: string, lock: string, id: string, ttlMs: number, value: string): Promise<number>;
  millraceLook(text: string, lock: string, id: string, lockMs: number): Promise<['value' | 'fill' | 'wait', string]>;
  millraceFeedClaim(feed: string, holder: string, ttlMs: number, atLeast: number): Promise<number | null>;
  millraceFeedRelease(feed: string, token: number): Promise<unknown>;
  millraceFeedReport(feed: string, token: number, text: string): Promise<number>;
  millraceFeedEntry(feed: string): Promise<[holder: string, token: number, report?: string | null]>;
  millraceRank(
    scores: string,
    versions: string,
    texts: string,
    gone: string,
    ...argumentsOfScript: Argument[]
  ): Promise<unknown>;
  millraceRateFixedWindow(used: string, ...asked: Argument[]): Promise<RateAnswer>;
  millraceRateSlidingWindow(slots: string, sum: string, ...asked: Argument[]): Promise<RateAnswer>;
  millraceRateTokenBucket(bucket: string, ...asked: Argument[]): Promise<RateAnswer>;
  millraceQueueAdd(...keysAndArguments: Argument[]): Promise<[answer: string, told: string]>;
  millraceQueueAgain(...keys: string[]): Promise<number>;
  millraceQueueEnd(...keysAndArguments: Argument[]): Promise<string>;
  millraceQueueRenew(...keysAndArguments: Argument[]): Promise<string>;
  millraceQueueTake(
    ...keysAndArguments: Argument[]
  ): Promise<[id: string, kind: string, input: string, attempt: number, token: number] | null>;
  millraceRights(key: string, other: string): Promise<string[]>;
  millraceRenew(leases: string, process: string, ttlMs: number): Promise<string[]>;
  millraceReset(task: string, segments: string, pending: string, feed: string, prefix: string): Promise<unknown>;
  millraceSwap(numberOfKeys: number, ...keysAndArguments: Argument[]): Promise<unknown>;
}

export type ScriptedRedis = RedisClient & Scripts;

const FEED_SCRIPTS = { 'feed-claim': 1, 'feed-release': 1, 'feed-report': 1, 'feed-entry': 1 } as const;
/** Name to number of keys. */
const SCRIPTS = {
  ...{ adopt: 7, claim: 3, copy: 4, deploy: 1, fill: 2, look: 2, rank: 4, renew: 1, reset: 4, rights: 2 },
  ...{ 'queue-add': 4, 'queue-again': 3, 'queue-end': 4, 'queue-renew': 2, 'queue-take': 3 },
  ...{ 'rate-fixed-window': 1, 'rate-sliding-window': 2, 'rate-token-bucket': 1 },
  ...FEED_SCRIPTS,
} as const;

export function withScripts(redis: RedisClient): ScriptedRedis {
  for (const [name, numberOfKeys] of Object.entries(SCRIPTS)) {
    redis.defineCommand(commandName(name), { numberOfKeys, lua: script(`${name}-${numberOfKeys}`) });
  }
  for (const name of ['commit', 'swap']) redis.defineCommand(commandName(name), { lua: script(name) });
  return redis as ScriptedRedis;
}

function commandName(name: string): string {
  const words = name.split('-').map((word) => `${word[0]!.toUpperCase()}${word.slice(1)}`);
  return `millrace${words.join('')}`;
}

function script(file: string): string {
  return readFileSync(join(__dirname, 'scripts', `${file}.lua`), 'utf8');
}
