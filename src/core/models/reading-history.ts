import type { ByteReader, ByteWriter } from '../aggregates/bytes';

interface KeptReading {
  readonly timeMs: number;
  readonly value: number;
}

/** The newest readings of one key, oldest first, of at most `spanMs`, and one more from before. */
export class ReadingHistory {
  private constructor(
    private readonly spanMs: number,
    private readonly readings: KeptReading[],
  ) {}

  static of(spanMs: number): ReadingHistory {
    return new ReadingHistory(spanMs, []);
  }

  get newest(): KeptReading | undefined {
    return this.readings.at(-1);
  }

  /** Later than all before. At most `most` are kept, whatever their times: that bounds the state. */
  add(timeMs: number, value: number, most: number): void {
    this.readings.push({ timeMs, value });
    const { readings } = this;
    while (readings.length > most || (readings.length > 1 && readings[1]!.timeMs <= timeMs - this.spanMs)) {
      readings.shift();
    }
  }

  /** The value that held at a time: that of the newest reading up to then, else of the oldest. `NaN` without any. */
  valueAt(timeMs: number): number {
    for (let i = this.readings.length - 1; i >= 0; i--) {
      if (this.readings[i]!.timeMs <= timeMs) return this.readings[i]!.value;
    }
    return this.readings[0]?.value ?? NaN;
  }

  /** With one more reading, for a prediction that leaves this as it is. */
  with(timeMs: number, value: number): ReadingHistory {
    return new ReadingHistory(this.spanMs, [...this.readings, { timeMs, value }]);
  }

  write(writer: ByteWriter): void {
    writer.varint(this.readings.length);
    for (const { timeMs, value } of this.readings) {
      writer.float64(timeMs);
      writer.float64(value);
    }
  }

  static read(reader: ByteReader, spanMs: number): ReadingHistory {
    const length = reader.varint();
    const readings = Array.from({ length }, () => ({ timeMs: reader.float64(), value: reader.float64() }));
    return new ReadingHistory(spanMs, readings);
  }
}
