import type { ReadingHistory } from './reading-history';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Waves of a day and of half a day. */
const WAVES = [1, 2] as const;
const COLUMNS_OF_WAVE = 4;
/** Readings at most so many steps apart tell what a day ago was. */
const MOST_STEPS_OF_DAY = 48;

/** `sin(2 pi i / 24)` written out: `Math.sin` may differ in its last bit from engine to engine. */
const SINES = [
  ...[0, 0.25881904510252074, 0.5, 0.7071067811865475, 0.8660254037844386, 0.9659258262890683],
  ...[1, 0.9659258262890683, 0.8660254037844386, 0.7071067811865475, 0.5, 0.25881904510252074],
  ...[0, -0.25881904510252074, -0.5, -0.7071067811865475, -0.8660254037844386, -0.9659258262890683],
  ...[-1, -0.9659258262890683, -0.8660254037844386, -0.7071067811865475, -0.5, -0.25881904510252074],
];
const QUARTER = 6;

/** What a forecaster sees at one time. */
export interface ForecastMoment {
  readonly timeMs: number;
  readonly value: number;
  /** Of all readings so far. */
  readonly meanValue: number;
  /** Up to and with this time. */
  readonly history: ReadingHistory;
  /** In the order of the layout's names; `NaN` for a missing one. */
  readonly inputs: Float64Array;
  /** The inputs of the reading before. */
  readonly inputsBefore: Float64Array;
}

/**
 * Which column of a vector of features holds what: first those that are scaled (how far the reading is from the mean, its
 * last changes, that of the same step a day ago, the inputs, the changes of the inputs), then the hour of the day as
 * waves, alone and times the reading, and a constant.
 */
export class ForecastLayout {
  private readonly dayLag: number;

  constructor(
    private readonly stepMs: number,
    private readonly lags: number,
    private readonly inputNames: readonly string[],
  ) {
    const stepsOfDay = DAY_MS / stepMs;
    this.dayLag = Number.isInteger(stepsOfDay) && stepsOfDay > 1 && stepsOfDay <= MOST_STEPS_OF_DAY ? stepsOfDay : 0;
  }

  /** How many readings back are looked at. */
  get depth(): number {
    return Math.max(this.lags, this.dayLag) + 1;
  }

  get scaledSize(): number {
    return 1 + this.lags + (this.dayLag > 0 ? 1 : 0) + 2 * this.inputNames.length;
  }

  get size(): number {
    return this.scaledSize + WAVES.length * COLUMNS_OF_WAVE + 1;
  }

  /** In the order of the columns. */
  get names(): readonly string[] {
    const waves = WAVES.flatMap((wave) => {
      const [sine, cosine] = [`sin(${wave})`, `cos(${wave})`];
      return [sine, cosine, `level * ${sine}`, `level * ${cosine}`];
    });
    return [
      'level',
      ...Array.from({ length: this.lags }, (_, i) => `change ${i + 1}`),
      ...(this.dayLag > 0 ? ['change a day ago'] : []),
      ...this.inputNames,
      ...this.inputNames.map((name) => `change of ${name}`),
      ...waves,
      'constant',
    ];
  }

  /** The columns that are scaled, as they are. */
  raw(moment: ForecastMoment): Float64Array {
    const { timeMs, value, meanValue, history, inputs, inputsBefore } = moment;
    const lagged = (steps: number): number => history.valueAt(timeMs - steps * this.stepMs);
    const columns = new Float64Array(this.scaledSize);
    let next = 0;
    columns[next++] = value - meanValue;
    for (let lag = 1; lag <= this.lags; lag++) columns[next++] = lagged(lag - 1) - lagged(lag);
    if (this.dayLag > 0) columns[next++] = lagged(this.dayLag - 1) - lagged(this.dayLag);
    for (const input of inputs) columns[next++] = input;
    for (let i = 0; i < inputs.length; i++) columns[next++] = inputs[i]! - inputsBefore[i]!;
    return columns;
  }

  /** Fills the columns after the scaled ones. */
  addWaves(columns: Float64Array, timeMs: number): void {
    const hour = Math.floor(timeMs / HOUR_MS) % 24;
    const level = columns[0]!;
    let next = this.scaledSize;
    for (const wave of WAVES) {
      const sine = SINES[(hour * wave) % 24]!;
      const cosine = SINES[(hour * wave + QUARTER) % 24]!;
      for (const column of [sine, cosine, level * sine, level * cosine]) columns[next++] = column;
    }
    columns[next] = 1;
  }
}
