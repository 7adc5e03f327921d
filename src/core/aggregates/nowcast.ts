import { aqiBand, aqiPm25 } from '../air-quality/aqi';
import { NOWCAST_HOURS, nowcastPm25 } from '../air-quality/nowcast';
import type { JsonValue } from '../json';
import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import type { Aggregator } from './aggregator';
import type { ByteReader, ByteWriter } from './bytes';
import { addTo, type CompensatedSum, mergeSums, readSum, valueOf, writeSum, zeroSum } from './compensated-sum';
import { type Step, stepAt } from './latest-steps';
import { numberArgument } from './parameter';
import { expectVersion } from './version';

const VERSION = 1;
const MS_PER_HOUR = 3_600_000;
/** In memory. */
const STATE_BYTES = 80;
const HOUR_BYTES = 120;

/** What was measured in one hour of UTC. */
interface Hour extends Step {
  readonly sum: CompensatedSum;
  count: number;
}

/** The newest hour and the eleven before it, in order, without those in which nothing was measured. */
type Hours = Hour[];

const HOURS_KEPT = { most: NOWCAST_HOURS, make: (index: number): Hour => ({ index, sum: zeroSum(), count: 0 }) };

/**
 * `nowcast(x)`: the air as EPA reports it, from the means of `x` (PM2.5 in µg/m³) in twelve hours of UTC:
 * `{pm25, nowcast, aqi, band, hours}`. `pm25` is the mean of the newest of them, `nowcast` what {@link nowcastPm25}
 * makes of all, `aqi` and `band` what it means, `hours` how many have a mean. What cannot be told is null.
 *
 * The newest hour is that in which the window ends; without an end, that of the newest record. So the NowCast of each
 * hour, also of one without a measurement, is that of a window `{ kind: hopping, size: 12h, advance: 1h }`.
 */
const nowcastAggregator: Aggregator<Hours, number> = {
  name: 'nowcast',
  init: () => [],
  add: (hours, value, { timeMs }) => {
    const hour = stepAt(hours, Math.floor(timeMs / MS_PER_HOUR), HOURS_KEPT);
    if (!hour) return;
    addTo(hour.sum, value);
    hour.count += 1;
  },
  merge: (into, from) => {
    for (const { index, sum, count } of from) {
      const hour = stepAt(into, index, HOURS_KEPT);
      if (!hour) continue;
      mergeSums(hour.sum, sum);
      hour.count += count;
    }
  },
  result: (hours, lastMs) => {
    const newest = lastMs === undefined ? (hours.at(-1)?.index ?? 0) : Math.floor(lastMs / MS_PER_HOUR);
    return resultAt(hours, newest);
  },
  encode: (hours, writer) => {
    writer.uint8(VERSION);
    writer.varint(hours.length);
    for (const hour of hours) writeHour(writer, hour);
  },
  decode: (reader) => {
    expectVersion(reader, 'nowcast', VERSION);
    return Array.from({ length: reader.varint() }, () => readHour(reader));
  },
  sizeBytes: ({ length }) => STATE_BYTES + length * HOUR_BYTES,
};

function resultAt(hours: readonly Hour[], newest: number): Record<string, JsonValue> {
  const means: (number | null)[] = Array.from({ length: NOWCAST_HOURS }, () => null);
  for (const { index, sum, count } of hours) {
    const age = newest - index;
    if (age >= 0 && age < NOWCAST_HOURS) means[age] = valueOf(sum) / count;
  }
  const nowcast = nowcastPm25(means);
  return {
    pm25: means[0] ?? null,
    nowcast,
    aqi: nowcast === null ? null : aqiPm25(nowcast),
    band: nowcast === null ? null : aqiBand(nowcast),
    hours: means.filter((mean) => mean !== null).length,
  };
}

function writeHour(writer: ByteWriter, { index, sum, count }: Hour): void {
  writer.varint(index);
  writeSum(writer, sum);
  writer.varint(count);
}

function readHour(reader: ByteReader): Hour {
  return { index: reader.varint(), sum: readSum(reader), count: reader.varint() };
}

export const nowcast: AggregateDefinition = defineAggregate({
  name: 'nowcast',
  parameters: [numberArgument('x')],
  result: '{pm25, nowcast, aqi, band, hours}',
  guarantee:
    "EPA's NowCast and its index, of the hour in which the window ends (of the newest record, if it does not end) and the eleven before; exact, whatever the order of arrival",
  space: '23 bytes for each hour, at most twelve',
  create: () => nowcastAggregator,
});
