import { createRequire } from 'node:module';

import { batchConstructor } from './fetched-batch';
import { groupMessagesPerPartition } from './group-messages';
import type { BatchConstructor, DecodeMessages, ProduceRequest } from './internals';
import { leanDecodeMessages } from './decode-messages';
import { leanProduceRequest } from './produce-request';

/** The version that the replacements were compared with. */
const VERSION = '2.2.4';

const load = createRequire(__filename);

/**
 * In an order in which each is harmless without those after it. Each is given what it replaces, for the cases that it
 * leaves alone.
 */
const REPLACEMENTS: readonly (readonly [module: string, replace: (original: unknown) => unknown])[] = [
  ['kafkajs/src/consumer/batch.js', (original) => batchConstructor(original as BatchConstructor)],
  [
    'kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js',
    (original) => leanDecodeMessages(original as DecodeMessages),
  ],
  ['kafkajs/src/producer/groupMessagesPerPartition.js', () => groupMessagesPerPartition],
  [
    'kafkajs/src/protocol/requests/produce/v3/request.js',
    (original) => leanProduceRequest(original as (...options: never[]) => ProduceRequest),
  ],
];

/** Whether kafkajs in this thread works with our functions. If not it works as it came: slower, with the same results. */
export const isLean = canReplace() && REPLACEMENTS.every(([module, replace]) => substitute(module, replace));

/** Whoever has loaded kafkajs before keeps the functions that it was loaded with; then they are all left alone. */
function canReplace(): boolean {
  const { version } = load('kafkajs/package.json') as { version: string };
  const loaded = ['kafkajs', ...REPLACEMENTS.map(([module]) => module)].some(
    (module) => load.cache[load.resolve(module)],
  );
  return version === VERSION && !loaded;
}

/** Whether those who load the module from now on are given the replacement. */
function substitute(module: string, replace: (original: unknown) => unknown): boolean {
  const replacement = replace(load(module));
  const cached = load.cache[load.resolve(module)];
  if (cached) cached.exports = replacement;
  return load(module) === replacement;
}
