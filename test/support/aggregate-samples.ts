import fc from 'fast-check';
import type { AggregateDefinition } from '../../src/core/aggregates/aggregate-definition';
import type { Aggregator } from '../../src/core/aggregates/aggregator';
import { ByteReader, ByteWriter } from '../../src/core/aggregates/bytes';
import type { ConstantParameter, RecordParameter } from '../../src/core/aggregates/parameter';
import type { JsonValue } from '../../src/core/json';

/** One record as an aggregate sees it. */
export interface Sample {
  /** The argument, or a tuple of several. */
  readonly value: unknown;
  readonly timeMs: number;
  readonly offset: bigint;
}

/** One of these suits any constant. */
const LITERALS: readonly JsonValue[] = [3, 0.5, '10m', [-100, 0, 12.5]];

function constantOf(parameter: ConstantParameter): unknown {
  for (const literal of LITERALS) {
    const constant = parameter.read(literal);
    if (constant !== undefined) return constant;
  }
  throw new Error(`No literal suits ${parameter.name}, ${parameter.expected}; add one to this file`);
}

/** The aggregate with constants that suit it. */
export function boundWithAny(definition: AggregateDefinition): Aggregator {
  const constants = definition.parameters.filter((parameter) => parameter.of === 'definition');
  return definition.create(constants.map(constantOf));
}

/** Sums of these are exact, and many are equal. */
const numbers = fc.integer({ min: -800, max: 800 }).map((eighths) => eighths / 8);
const values = fc.oneof(
  fc.constantFrom<JsonValue>('a', 'b', '1', 1, 0, -0, true, '\ud800', '\u0000', '\u0000["a"]', ['a']),
  // JSON writes a `-0` within a list as 0.
  fc
    .jsonValue()
    .filter((value) => value !== null)
    .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue),
);

/** Records with different offsets in the order of arrival, which is not that of their times; some times are equal. */
export function samplesOf(definition: AggregateDefinition, most: number): fc.Arbitrary<Sample[]> {
  const ofRecord = definition.parameters.filter((parameter): parameter is RecordParameter => parameter.of === 'record');
  const parts = ofRecord.map(({ kind }) => (kind === 'number' ? numbers : values));
  const value = parts.length === 0 ? fc.constant(true) : parts.length === 1 ? parts[0]! : fc.tuple(...parts);
  const record = fc.record({ value, timeMs: fc.integer({ min: 0, max: 100 }).map((seconds) => seconds * 1000) });
  return fc
    .array(record, { maxLength: most })
    .map((records) => records.map((one, i) => ({ ...one, offset: BigInt(i) })));
}

export function accumulate(aggregator: Aggregator, samples: readonly Sample[], into = aggregator.init()): unknown {
  const at = { timeMs: 0, offset: 0n };
  for (const { value, timeMs, offset } of samples) {
    Object.assign(at, { timeMs, offset });
    aggregator.add(into, value as never, at);
  }
  return into;
}

/** In one record a second, in the order of time. */
export function inTimeOrder(all: readonly unknown[]): Sample[] {
  return all.map((value, i) => ({ value, timeMs: i * 1000, offset: BigInt(i) }));
}

export function encoded(aggregator: Aggregator, state: unknown): Uint8Array {
  const writer = new ByteWriter();
  aggregator.encode(state, writer);
  return writer.take();
}

export function decoded(aggregator: Aggregator, bytes: Uint8Array): unknown {
  return aggregator.decode(new ByteReader(bytes));
}

/** Equal but for the 12th digit of what went in, squared because variances are: merging may round in another order. */
export function expectSame(actual: unknown, expected: unknown, samples: readonly Sample[]): void {
  const inputs = samples.flatMap(({ value }) => value).filter((value) => typeof value === 'number');
  const tolerance = 1e-12 * Math.max(1, ...inputs.map(Math.abs)) ** 2;
  expect(rounded(actual, tolerance, expected)).toEqual(expected);
}

/** `actual` with the numbers of `expected` where the two differ by no more than the tolerance. */
function rounded(actual: unknown, tolerance: number, expected: unknown): unknown {
  if (typeof actual === 'number' && typeof expected === 'number') {
    return Math.abs(actual - expected) <= tolerance ? expected : actual;
  }
  if (typeof actual !== 'object' || actual === null || typeof expected !== 'object' || expected === null) return actual;
  const parts = expected as Record<string, unknown>;
  const entries = Object.entries(actual).map(([name, part]) => [name, rounded(part, tolerance, parts[name])]);
  return Array.isArray(actual) ? entries.map(([, part]) => part) : Object.fromEntries(entries);
}
