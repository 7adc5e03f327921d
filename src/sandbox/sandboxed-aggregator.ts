import type { Aggregator, RecordPlace } from '../core/aggregates/aggregator';
import type { ByteReader, ByteWriter } from '../core/aggregates/bytes';
import type { JsonValue } from '../core/json';
import { type AccumulatorPlaces, SandboxedAccumulator } from './accumulator-places';
import { celKinds } from './cel-kinds';
import type { GuestCalls } from './guest-calls';
import { LANE, VALUE } from './lanes';
import { encodeValue } from './values';

/** What an accumulator takes outside of the sandbox, its bytes included; measured on Node 24. */
const OUTSIDE_BYTES = 240;
const LOW_32_BITS = 0xffff_ffffn;

/** An aggregator whose code is in the sandbox. Its states are stored in the same bytes as without one. */
export class SandboxedAggregator implements Aggregator<SandboxedAccumulator, unknown> {
  constructor(
    readonly name: string,
    private readonly number: number,
    private readonly calls: GuestCalls,
    private readonly places: AccumulatorPlaces,
  ) {}

  /** The sandbox makes its own when there is something to add. */
  init(): SandboxedAccumulator {
    return new SandboxedAccumulator(this.number);
  }

  add(accumulator: SandboxedAccumulator, value: unknown, { timeMs, offset }: RecordPlace): void {
    const { lanes } = this.at(accumulator);
    lanes[LANE.timeMs] = timeMs;
    lanes[LANE.offsetHigh] = Number(offset >> 32n);
    lanes[LANE.offsetLow] = Number(offset & LOW_32_BITS);
    this.places.changed(accumulator, this.addValue(lanes, value));
  }

  private addValue(lanes: Float64Array, value: unknown): unknown {
    if (typeof value === 'number') {
      lanes[LANE.count] = VALUE.number;
      lanes[LANE.values] = value;
      return this.calls.call('add');
    }
    lanes[LANE.count] = value === true ? VALUE.present : VALUE.text;
    return this.calls.call('add', value === true ? undefined : encodeValue(value, celKinds));
  }

  merge(into: SandboxedAccumulator, from: SandboxedAccumulator): void {
    this.places.make(from);
    const place = this.places.bring(from);
    const isElsewhere = into !== from;
    const { lanes } = this.at(into, from);
    lanes[LANE.values] = isElsewhere ? place : lanes[LANE.at]!;
    this.places.changed(into, this.calls.call('merge'));
  }

  result(accumulator: SandboxedAccumulator, lastMs?: number): JsonValue {
    this.places.make(accumulator);
    const { lanes } = this.at(accumulator);
    lanes[LANE.timeMs] = lastMs ?? Number.NaN;
    return this.calls.call('result') as JsonValue;
  }

  encode(accumulator: SandboxedAccumulator, writer: ByteWriter): void {
    writer.raw(this.places.encoded(accumulator));
  }

  decode(reader: ByteReader): SandboxedAccumulator {
    const accumulator = new SandboxedAccumulator(this.number);
    reader.raw(this.places.read(accumulator, reader.ahead()));
    return accumulator;
  }

  sizeBytes({ sizeBytes }: SandboxedAccumulator): number {
    return OUTSIDE_BYTES + Math.max(sizeBytes, 0);
  }

  /** Brings an accumulator to a place, and says in the lanes which it is. */
  private at(accumulator: SandboxedAccumulator, beside?: SandboxedAccumulator): GuestCalls {
    const place = this.places.bring(accumulator, beside);
    const { lanes } = this.calls;
    lanes[LANE.of] = this.number;
    lanes[LANE.at] = place;
    lanes[LANE.isNew] = accumulator.isNew ? 1 : 0;
    return this.calls;
  }
}
