import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { numberArgument } from './parameter';
import type { Aggregator } from './aggregator';
import type { ByteReader, ByteWriter } from './bytes';
import { addTo, readSum, valueOf, writeSum } from './compensated-sum';
import { finiteOrNull } from './finite';
import { readPlace, writePlace } from './place';
import {
  addSample,
  beginningOf,
  emptyRate,
  endOf,
  increaseOf,
  mergeRates,
  type RateState,
  type Sample,
} from './rate-state';
import { expectVersion } from './version';

const VERSION = 1;
const STATE_BYTES = 260;
const SAMPLE_BYTES = 96;
const MS_PER_SECOND = 1000;

/**
 * `rate(x)`: how much a counter grew for each second between its first and its last sample by event time, ties by
 * offset. A value below the one before it in time is a reset to 0 and adds itself. Nothing is extrapolated to the
 * bounds of the window, unlike `rate` of Prometheus, whose reset rule this is. `null` with fewer than two samples or all
 * at one time.
 *
 * Order of arrival does not show as long as each sample comes at most 32 samples of its pane late: the latest 32 stay
 * sorted, what is older is folded into first, last and increase. A sample that comes later still adds only if it is the
 * first of all; between folded ones it changes nothing, which is right unless the counter was reset beside it.
 * Merging is exact for partials that do not overlap in time, and for overlapping ones while all samples together are at
 * most 32; for others it is right but for resets in the overlap.
 */
const rateAggregator: Aggregator<RateState, number> = {
  name: 'rate',
  init: emptyRate,
  add: addSample,
  merge: mergeRates,
  result: (state) => {
    const [begin, end] = [beginningOf(state), endOf(state)];
    if (!begin || !end || end.timeMs === begin.timeMs) return null;
    return finiteOrNull(totalIncrease(state) / ((end.timeMs - begin.timeMs) / MS_PER_SECOND));
  },
  encode: (state, writer) => {
    writer.uint8(VERSION);
    writer.uint8(state.hasFolded ? 1 : 0);
    if (state.hasFolded) {
      writeSample(writer, state.first);
      writeSample(writer, state.last);
      writeSum(writer, state.increase);
    }
    writer.varint(state.recent.length);
    for (const sample of state.recent) writeSample(writer, sample);
  },
  decode: (reader) => {
    expectVersion(reader, 'rate', VERSION);
    const state = emptyRate();
    state.hasFolded = reader.uint8() === 1;
    if (state.hasFolded) {
      state.first = readSample(reader);
      state.last = readSample(reader);
      state.increase = readSum(reader);
    }
    state.recent = Array.from({ length: reader.varint() }, () => readSample(reader));
    return state;
  },
  sizeBytes: ({ recent }) => STATE_BYTES + recent.length * SAMPLE_BYTES,
};

function totalIncrease({ hasFolded, last, increase, recent }: RateState): number {
  const total = { ...increase };
  let before = hasFolded ? last : undefined;
  for (const sample of recent) {
    if (before) addTo(total, increaseOf(before.value, sample.value));
    before = sample;
  }
  return valueOf(total);
}

function writeSample(writer: ByteWriter, sample: Sample): void {
  writePlace(writer, sample);
  writer.float64(sample.value);
}

function readSample(reader: ByteReader): Sample {
  return { ...readPlace(reader), value: reader.float64() };
}

export const rate: AggregateDefinition = defineAggregate({
  name: 'rate',
  parameters: [numberArgument('x')],
  result: 'number for each second; null under two times',
  guarantee: 'counter with resets; exact while no record comes more than 32 records of its window late',
  space: '50 bytes, and 24 for each of the latest 32 records',
  create: () => rateAggregator,
});
