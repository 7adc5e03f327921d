import { displayed, kindOf } from '../decoding/displayed';
import { eventTimeOf } from '../decoding/event-time';
import { PoisonRecordError } from '../errors';
import type { JsonPrimitive } from '../json';
import type { Language } from '../pipeline/language';
import { poison } from '../pipeline/poison';
import type { SchemaWriting } from '../ports/schema-codec.port';
import { valueSubject } from '../ports/schema-registry.port';
import { encodeKey } from '../row/key';
import { type Answer, BadItem, type CompiledFeed, type FeedRecord } from './compiled-feed';
import type { FeedDefinition } from './feed-definition';
import { condition, jsonExpression, rawExpression, type Scope } from './feed-expression';
import { feedLanguage } from './feed-language';
import { createPartitioner } from './partitioner';
import { SeededRandom } from './seeded-random';

type Spec = FeedDefinition['spec'];
type Fields = Record<string, unknown>;

const utf8 = new TextEncoder();

/** `random` is for the partitioner of that name: numbers in [0, 1). */
export function compileFeed(definition: FeedDefinition, language: Language, random: () => number): CompiledFeed {
  const { spec, metadata } = definition;
  const seeded = new SeededRandom();
  const isGenerator = spec.source.kind === 'generator';
  const spoken = feedLanguage(language, isGenerator ? seeded : undefined);
  const seed = spec.source.kind === 'generator' ? spec.source.seed : 0;
  const toRecord = compileRecord(spec, spoken);
  return {
    name: metadata.name,
    definition,
    itemsOf: compileItems(spec, spoken),
    recordOf(item, answer, n) {
      if (isGenerator) seeded.begin(seed, n);
      try {
        return toRecord(item, answer, n);
      } catch (thrown) {
        throw poison(thrown, 'expression-failed', `feed ${metadata.name}`);
      }
    },
    partitionOf: createPartitioner(spec.partitioner, random),
    writing: writingOf(spec),
  };
}

function writingOf({ topic, format, subject, schema, message }: Spec): SchemaWriting | undefined {
  if (format === 'json') return undefined;
  return {
    ...{ format, subject: subject ?? valueSubject(topic) },
    ...(schema?.text !== undefined && { schema: schema.text }),
    ...(message !== undefined && { message }),
  };
}

function compileItems(spec: Spec, language: Language): CompiledFeed['itemsOf'] {
  const records = spec.records === undefined ? undefined : rawExpression('records', spec.records, language);
  return (answer) => {
    const found = records ? records({ ...answer }) : answer.body;
    if (Array.isArray(found)) return found as readonly unknown[];
    if (!records && typeof found === 'object' && found !== null) return [found];
    const what = records ? `records: ${spec.records}` : 'the answer';
    throw new PoisonRecordError('not-decodable', `${what}: a list of items is needed, not ${kindOf(found)}`);
  };
}

function compileRecord(spec: Spec, language: Language): CompiledFeed['recordOf'] {
  const passes = spec.where === undefined ? undefined : condition('where', spec.where, language);
  const fieldsOf = compileFields(spec, language);
  const check = compileChecks(spec, language);
  const describe = compileDescription(spec, language);
  return (item, answer, n) => {
    if (item instanceof BadItem) throw new PoisonRecordError('not-decodable', item.message);
    const scope = { ...answer, item, n };
    if (passes && !passes(scope)) return undefined;
    const fields = fieldsOf(scope);
    const over = { ...scope, ...fields };
    check(fields, over);
    return describe(fields, over, answer);
  };
}

function compileFields(spec: Spec, language: Language): (scope: Scope & { readonly item: unknown }) => Fields {
  if (!spec.fields) {
    return ({ item }) => {
      if (typeof item === 'object' && item !== null && !Array.isArray(item)) return item as Fields;
      throw new PoisonRecordError('not-decodable', `the item is ${kindOf(item)}, an object is needed`);
    };
  }
  const named = Object.entries(spec.fields).map(
    ([name, text]) => [name, jsonExpression(`fields.${name}`, text, language)] as const,
  );
  return (scope) => Object.fromEntries(named.map(([name, expression]) => [name, expression(scope)]));
}

/** Throws PoisonRecordError `bad-value` that names what is missing or does not hold. */
function compileChecks(spec: Spec, language: Language): (fields: Fields, over: Scope) => void {
  const { required = [], valid = {} } = spec;
  const conditions = Object.entries(valid).map(
    ([what, text]) => ({ what, text, holds: condition(`valid.${what}`, text, language) }) as const,
  );
  return (fields, over) => {
    for (const name of required) {
      if (fields[name] !== undefined && fields[name] !== null) continue;
      throw new PoisonRecordError('bad-value', `field "${name}" is missing; the feed requires it`);
    }
    for (const { what, text, holds } of conditions) {
      if (!holds(over)) throw new PoisonRecordError('bad-value', `${what}: ${text} does not hold`);
    }
  };
}

type Describe = (fields: Fields, over: Scope, answer: Answer) => FeedRecord;

/** Key, time, id and size of a record whose fields are right. */
function compileDescription(spec: Spec, language: Language): Describe {
  const time = spec.timestamp === undefined ? undefined : jsonExpression('timestamp', spec.timestamp, language);
  const by = spec.dedupe && jsonExpression('dedupe.by', spec.dedupe.by, language);
  const place = placeExpression(spec, language);
  return (fields, over, { now }) => {
    const value = JSON.stringify(fields);
    refuseTooLarge(value, spec.maxRecordBytes);
    const timestampMs = time && eventTimeOf(time(over), 'timestamp');
    if (timestampMs !== undefined) refuseAhead(timestampMs, now.getTime(), spec.maxAhead);
    return {
      ...{ fields, value },
      timestampMs,
      key: spec.key ? encodeKey(spec.key.map((name) => keyValue(name, fields[name]))) : null,
      id: by && JSON.stringify(by(over)),
      placedBy: place?.(over),
    };
  };
}

function placeExpression({ partitioner }: Spec, language: Language) {
  if (partitioner.kind === 'range') return jsonExpression('partitioner.by', partitioner.by, language);
  if (partitioner.kind === 'custom') return jsonExpression('partitioner.partition', partitioner.partition, language);
  return undefined;
}

function refuseTooLarge(value: string, most: number): void {
  // A character is at most three bytes: most records need no second look.
  const bytes = value.length * 3 <= most ? 0 : utf8.encode(value).length;
  if (bytes <= most) return;
  throw new PoisonRecordError('too-large', `the record has ${bytes} bytes; maxRecordBytes is ${most}`);
}

function refuseAhead(timestampMs: number, nowMs: number, maxAheadMs: number): void {
  if (timestampMs <= nowMs + maxAheadMs) return;
  const at = new Date(timestampMs).toISOString();
  throw new PoisonRecordError('bad-time', `timestamp: ${at} is ahead of the clock by more than maxAhead`);
}

function keyValue(name: string, value: unknown): JsonPrimitive {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new PoisonRecordError('bad-key', `key field "${name}": ${displayed(value)} is no text, number or boolean`);
}
