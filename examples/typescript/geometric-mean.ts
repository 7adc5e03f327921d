import {
  type Aggregator,
  type ByteReader,
  type ByteWriter,
  defineAggregate,
  FatalError,
  numberArgument,
} from 'millrace';

const VERSION = 1;

interface State {
  sumOfLogarithms: number;
  count: number;
}

/** The geometric mean of positive numbers; others are left out. */
class GeometricMean implements Aggregator<State, number> {
  readonly name = 'geometric_mean';

  init(): State {
    return { sumOfLogarithms: 0, count: 0 };
  }

  add(state: State, value: number): void {
    if (value <= 0) return;
    state.sumOfLogarithms += Math.log(value);
    state.count += 1;
  }

  merge(into: State, from: State): void {
    into.sumOfLogarithms += from.sumOfLogarithms;
    into.count += from.count;
  }

  result({ sumOfLogarithms, count }: State): number | null {
    return count === 0 ? null : Math.exp(sumOfLogarithms / count);
  }

  encode({ sumOfLogarithms, count }: State, writer: ByteWriter): void {
    writer.uint8(VERSION);
    writer.float64(sumOfLogarithms);
    writer.float64(count);
  }

  decode(reader: ByteReader): State {
    if (reader.uint8() !== VERSION) throw new FatalError('The state of geometric_mean is of another version');
    return { sumOfLogarithms: reader.float64(), count: reader.float64() };
  }
}

const aggregator = new GeometricMean();

export const geometricMean = defineAggregate({
  name: 'geometric_mean',
  version: VERSION,
  parameters: [numberArgument('x')],
  result: 'number',
  guarantee: 'exact but for rounding',
  space: '17 bytes',
  create: () => aggregator,
});
