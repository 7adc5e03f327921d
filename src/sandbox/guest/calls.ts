import { ByteReader, ByteWriter } from '../../core/aggregates/bytes';
import type { Aggregator, RecordPlace } from '../../core/aggregates/aggregator';
import { ConfigError, FatalError } from '../../core/errors';
import { ANSWER, LANE, LANES, VALUE } from '../lanes';
import { decodeValue, encodeValue } from '../values';
import { guestKinds } from './kinds';

/**
 * The side of the sandbox that answers. Numbers cross in {@link LANES lanes} and stored state in the bytes behind them, which
 * both sides see; all else crosses as text. Each function below gives text, or nothing and its answer in the lanes.
 */
let lanes = new Float64Array(LANES);
let bytes = new Uint8Array();

type Callable = (...args: unknown[]) => unknown;
type AnyAggregator = Aggregator<unknown, unknown>;

const callables: Callable[] = [];
const aggregators: AnyAggregator[] = [];
/** Accumulators that are here now, by the places that the host gives out. */
const accumulators: unknown[] = [];
const writer = new ByteWriter();

/** What the host names a function by from now on. */
export function numberOf(callable: Callable): number {
  return callables.push(callable) - 1;
}

export function aggregatorNumberOf(aggregator: AnyAggregator): number {
  return aggregators.push(aggregator) - 1;
}

/** From now on both sides see this memory. */
export function share(buffer: ArrayBuffer): void {
  lanes = new Float64Array(buffer, 0, LANES);
  bytes = new Uint8Array(buffer, LANES * Float64Array.BYTES_PER_ELEMENT);
}

function lane(at: number): number {
  return lanes[at]!;
}

function answer(value: unknown): string | undefined {
  if (typeof value === 'number') {
    lanes[LANE.answer] = ANSWER.number;
    lanes[LANE.number] = value;
    return undefined;
  }
  if (typeof value === 'boolean') {
    lanes[LANE.answer] = value ? ANSWER.true : ANSWER.false;
    return undefined;
  }
  const text = encodeValue(value, guestKinds);
  lanes[LANE.answer] = ANSWER.text;
  return text;
}

const FRAME = /([^\s()]+:\d+)(?::\d+)?\)?$/;
/** Frames of this code, and of code that was made at run time, say nothing to who wrote the module. */
const UNTOLD = /^(?:guest\.js|<)/;

function failure(thrown: unknown): string {
  lanes[LANE.answer] = ANSWER.error;
  const kind = thrown instanceof FatalError ? 'fatal' : thrown instanceof ConfigError ? 'config' : 'error';
  if (!(thrown instanceof Error)) return JSON.stringify({ kind, name: 'Error', message: String(thrown) });
  const frames = String(thrown.stack)
    .split('\n')
    .map((line) => FRAME.exec(line.trim())?.[1]);
  const place = frames.find((frame) => frame !== undefined && !UNTOLD.test(frame));
  return JSON.stringify({ kind, name: String(thrown.name), message: String(thrown.message), place });
}

function answering(work: () => string | undefined): () => string | undefined {
  return () => {
    try {
      return work();
    } catch (thrown) {
      return failure(thrown);
    }
  };
}

/** Calls a function with numbers, of which most functions of expressions have one or two. */
export const callWithNumbers = answering(() => {
  const call = callables[lane(LANE.of)]!;
  const count = lane(LANE.count);
  if (count === 1) return answer(call(lane(LANE.values)));
  if (count === 2) return answer(call(lane(LANE.values), lane(LANE.values + 1)));
  return answer(call(...lanes.subarray(LANE.values, LANE.values + count)));
});

/** Calls a function with a list of arguments. */
export function callWithText(text: string): string | undefined {
  try {
    const call = callables[lane(LANE.of)]!;
    return answer(call(...(decodeValue(text, guestKinds) as unknown[])));
  } catch (thrown) {
    return failure(thrown);
  }
}

/** One for all records: the contract of `add` is that it is not kept. */
const place: RecordPlace = {
  get timeMs() {
    return lane(LANE.timeMs);
  },
  get offset() {
    return BigInt(lane(LANE.offsetHigh)) * 4_294_967_296n + BigInt(lane(LANE.offsetLow));
  },
};

function accumulatorAt(aggregator: AnyAggregator, at: number, isNew: boolean): unknown {
  if (isNew) accumulators[at] = aggregator.init();
  return accumulators[at];
}

/** Leaves what the accumulator takes in memory, -1 where the aggregator does not say. */
function answerSize(aggregator: AnyAggregator, accumulator: unknown): undefined {
  lanes[LANE.answer] = ANSWER.number;
  lanes[LANE.number] = aggregator.sizeBytes?.(accumulator) ?? -1;
}

/** Adds a record whose argument is in the lanes, or is `text`. */
export function add(text: string | undefined): string | undefined {
  try {
    const aggregator = aggregators[lane(LANE.of)]!;
    const accumulator = accumulatorAt(aggregator, lane(LANE.at), lane(LANE.isNew) === 1);
    aggregator.add(accumulator, argumentOf(text), place);
    return answerSize(aggregator, accumulator);
  } catch (thrown) {
    return failure(thrown);
  }
}

function argumentOf(text: string | undefined): unknown {
  switch (lane(LANE.count)) {
    case VALUE.number:
      return lane(LANE.values);
    case VALUE.present:
      return true;
    default:
      return decodeValue(text!, guestKinds);
  }
}

/** Merges the accumulator at `values` into that at `at`. */
export const merge = answering(() => {
  const aggregator = aggregators[lane(LANE.of)]!;
  const into = accumulatorAt(aggregator, lane(LANE.at), lane(LANE.isNew) === 1);
  aggregator.merge(into, accumulators[lane(LANE.values)]);
  return answerSize(aggregator, into);
});

/** Makes the accumulator that nothing was added to. */
export const init = answering(() => {
  const aggregator = aggregators[lane(LANE.of)]!;
  return answerSize(aggregator, accumulatorAt(aggregator, lane(LANE.at), true));
});

export const result = answering(() => {
  const lastMs = lane(LANE.timeMs);
  const accumulator = accumulators[lane(LANE.at)];
  return answer(aggregators[lane(LANE.of)]!.result(accumulator, Number.isNaN(lastMs) ? undefined : lastMs));
});

/** Stored state that is larger than the shared bytes, on its way in parts. */
let parcel: Uint8Array = new Uint8Array();

/** Writes an accumulator as it is stored, and leaves its length: in the shared bytes, or in a parcel where it is larger. */
export const encode = answering(() => {
  aggregators[lane(LANE.of)]!.encode(accumulators[lane(LANE.at)], writer);
  const encoded = writer.take();
  if (encoded.length > bytes.length) parcel = encoded;
  else bytes.set(encoded);
  return answer(encoded.length);
});

/** Puts the part of the parcel from `values` on into the shared bytes. */
export const takePart = answering(() => {
  const from = lane(LANE.values);
  bytes.set(parcel.subarray(from, from + bytes.length));
  return answer(true);
});

/** Puts the shared bytes into a parcel of `values` bytes, from the next lane on. */
export const givePart = answering(() => {
  const [length, from] = [lane(LANE.values), lane(LANE.values + 1)];
  if (from === 0) parcel = new Uint8Array(length);
  parcel.set(bytes.subarray(0, Math.min(bytes.length, length - from)), from);
  return answer(true);
});

/** Reads an accumulator from so many bytes, and leaves how many it took beside its size. */
export const decode = answering(() => {
  const aggregator = aggregators[lane(LANE.of)]!;
  const length = lane(LANE.values);
  const given = length > bytes.length ? parcel : bytes.slice(0, length);
  parcel = new Uint8Array();
  const reader = new ByteReader(given);
  const accumulator = aggregator.decode(reader);
  accumulators[lane(LANE.at)] = accumulator;
  lanes[LANE.values] = given.length - reader.rest().length;
  return answerSize(aggregator, accumulator);
});

/** Forgets the accumulator of a place. */
export const drop = answering(() => {
  accumulators[lane(LANE.at)] = undefined;
  return answer(true);
});
