import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RedisClient } from './redis-connection';

type Argument = string | number | Buffer;

type DeploymentArguments = [definition: string, partitions: string, ...fieldsAndValues: string[]];

/** The scripts of `scripts/`, loaded once for each connection and called by their hash. */
interface Scripts {
  millraceClaim(task: string, segments: string, pending: string, owner: string, prefix: string): Promise<unknown>;
  millraceCommit(numberOfKeys: number, ...keysAndArguments: Argument[]): Promise<unknown>;
  millraceDeploy(deployment: string, ...fields: DeploymentArguments): Promise<unknown>;
  millraceFill(text: string, lock: string, id: string, ttlMs: number, value: string): Promise<number>;
  millraceLook(text: string, lock: string, id: string, lockMs: number): Promise<['value' | 'fill' | 'wait', string]>;
  millraceRank(
    scores: string,
    versions: string,
    texts: string,
    gone: string,
    ...argumentsOfScript: Argument[]
  ): Promise<unknown>;
  millraceRenew(leases: string, process: string, ttlMs: number): Promise<string[]>;
  millraceReset(task: string, segments: string, pending: string, feed: string, prefix: string): Promise<unknown>;
  millraceSwap(numberOfKeys: number, ...keysAndArguments: Argument[]): Promise<unknown>;
}

export type ScriptedRedis = RedisClient & Scripts;

const SCRIPTS = { claim: 3, deploy: 1, fill: 2, look: 2, rank: 4, renew: 1, reset: 4 } as const;

export function withScripts(redis: RedisClient): ScriptedRedis {
  for (const [name, numberOfKeys] of Object.entries(SCRIPTS)) {
    redis.defineCommand(commandName(name), { numberOfKeys, lua: script(`${name}-${numberOfKeys}`) });
  }
  for (const name of ['commit', 'swap']) redis.defineCommand(commandName(name), { lua: script(name) });
  return redis as ScriptedRedis;
}

function commandName(name: string): string {
  return `millrace${name[0]!.toUpperCase()}${name.slice(1)}`;
}

function script(file: string): string {
  return readFileSync(join(__dirname, 'scripts', `${file}.lua`), 'utf8');
}
