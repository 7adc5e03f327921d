import type { RecordPlace } from './aggregator';
import { addTo, type CompensatedSum, zeroSum } from './compensated-sum';
import { isBefore, type KeptPlace, movePlace } from './place';

/** How many of the latest samples stay sorted before they are folded. */
export const REORDERED_SAMPLES = 32;

export interface Sample extends KeptPlace {
  value: number;
}

/** The samples of a counter: a folded past, then the latest ones. */
export interface RateState {
  /** From `first` to `last` in time the counter grew by `increase`; meaningless until something was folded. */
  hasFolded: boolean;
  first: Sample;
  last: Sample;
  increase: CompensatedSum;
  /** By event time, then offset; all after `last`. */
  recent: Sample[];
}

const nothing = (): Sample => ({ timeMs: 0, offset: 0n, value: 0 });

export function emptyRate(): RateState {
  return { hasFolded: false, first: nothing(), last: nothing(), increase: zeroSum(), recent: [] };
}

/** A fall means that the counter began anew at 0. */
export const increaseOf = (from: number, to: number): number => (to >= from ? to - from : to);

export function addSample(state: RateState, value: number, at: RecordPlace): void {
  const { recent } = state;
  if (state.hasFolded && isBefore(at, state.last)) return addToFolded(state, value, at);
  const isFull = recent.length >= REORDERED_SAMPLES;
  if (isFull && isBefore(at, recent[0]!)) return fold(state, value, at);
  const sample = isFull ? folded(state, recent.shift()!) : nothing();
  setSample(sample, value, at);
  let i = recent.length;
  while (i > 0 && isBefore(at, recent[i - 1]!)) i--;
  if (i === recent.length) recent.push(sample);
  else recent.splice(i, 0, sample);
}

/** Folds a sample and gives it back, to be used again. */
function folded(state: RateState, sample: Sample): Sample {
  fold(state, sample.value, sample);
  return sample;
}

function fold(state: RateState, value: number, at: RecordPlace): void {
  if (state.hasFolded) addTo(state.increase, increaseOf(state.last.value, value));
  else setSample(state.first, value, at);
  setSample(state.last, value, at);
  state.hasFolded = true;
}

/** Within the folded past nothing can be told apart any more; before it the past only becomes longer. */
function addToFolded(state: RateState, value: number, at: RecordPlace): void {
  if (!isBefore(at, state.first)) return;
  addTo(state.increase, increaseOf(value, state.first.value));
  setSample(state.first, value, at);
}

function setSample(sample: Sample, value: number, at: RecordPlace): void {
  sample.value = value;
  movePlace(sample, at);
}

export function beginningOf(state: RateState): Sample | undefined {
  return state.hasFolded ? state.first : state.recent[0];
}

export function endOf(state: RateState): Sample | undefined {
  return state.recent.at(-1) ?? (state.hasFolded ? state.last : undefined);
}

export function mergeRates(into: RateState, from: RateState): void {
  const [begin, otherBegin] = [beginningOf(into), beginningOf(from)];
  if (!otherBegin) return;
  if (begin && !isBefore(otherBegin, begin)) return append(into, from);
  const merged = copyOf(from);
  append(merged, into);
  Object.assign(into, merged);
}

/** `later` begins after `state`. */
function append(state: RateState, later: RateState): void {
  if (later.hasFolded) {
    const samples = state.recent;
    state.recent = [];
    for (const sample of samples) if (isBefore(sample, later.first)) fold(state, sample.value, sample);
    foldPast(state, later);
    for (const sample of samples) if (isBefore(state.last, sample)) addSample(state, sample.value, sample);
  }
  for (const sample of later.recent) addSample(state, sample.value, sample);
}

/** Where both pasts overlap, only the resets of the one that began earlier are known. */
function foldPast(state: RateState, { first, last, increase }: RateState): void {
  if (isBefore(state.last, first)) {
    fold(state, first.value, first);
    addTo(state.increase, increase.sum);
    state.increase.compensation += increase.compensation;
    setSample(state.last, last.value, last);
  } else if (isBefore(state.last, last)) fold(state, last.value, last);
}

function copyOf({ hasFolded, first, last, increase, recent }: RateState): RateState {
  return {
    hasFolded,
    first: { ...first },
    last: { ...last },
    increase: { ...increase },
    recent: recent.map((sample) => ({ ...sample })),
  };
}
