import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import { numberArgument } from './parameter';
import type { Aggregator } from './aggregator';
import { expectVersion } from './version';

const VERSION = 1;

interface ExtremeState {
  /** The identity (an infinity) while no record had the argument. */
  value: number;
}

function extremeAggregator(
  name: 'min' | 'max',
  identity: number,
  isMoreExtreme: (candidate: number, than: number) => boolean,
): Aggregator<ExtremeState, number> {
  const add = (state: ExtremeState, value: number): void => {
    if (isMoreExtreme(value, state.value)) state.value = value;
  };
  return {
    name,
    init: () => ({ value: identity }),
    add,
    merge: (into, from) => add(into, from.value),
    result: (state) => (state.value === identity ? null : state.value),
    encode: (state, writer) => {
      writer.uint8(VERSION);
      writer.float64(state.value);
    },
    decode: (reader) => {
      expectVersion(reader, name, VERSION);
      return { value: reader.float64() };
    },
  };
}

/** `min(x)`: `null` while no record had `x`. */
const minAggregator = extremeAggregator('min', Infinity, (candidate, than) => candidate < than);

/** `max(x)`: `null` while no record had `x`. */
const maxAggregator = extremeAggregator('max', -Infinity, (candidate, than) => candidate > than);

export const min: AggregateDefinition = defineAggregate({
  name: 'min',
  commutes: true,
  parameters: [numberArgument('x')],
  result: 'number',
  guarantee: 'exact',
  space: '9 bytes',
  create: () => minAggregator,
});

export const max: AggregateDefinition = defineAggregate({
  name: 'max',
  commutes: true,
  parameters: [numberArgument('x')],
  result: 'number',
  guarantee: 'exact',
  space: '9 bytes',
  create: () => maxAggregator,
});
