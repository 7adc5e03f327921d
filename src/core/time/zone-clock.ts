const SECOND_MS = 1_000;
/**
 * Any two changes of the clocks of one zone are farther apart: four days at least in all of the tz database (2025b, to
 * 2100; the four are Freetown's of 1939), so that a stretch of three holds one change or none.
 */
const STRETCH_MS = 3 * 86_400_000;
/** Some eight years. A stream of records needs one or two, a replay one after the other. */
const REMEMBERED_STRETCHES = 1_024;

interface Stretch {
  readonly offsetBeforeMs: number;
  /** Epoch ms of the first instant of the new offset; Infinity if the clocks are not changed. */
  readonly changeMs: number;
  readonly offsetAfterMs: number;
}

/**
 * The clocks of one IANA zone. Intl takes some 5 µs for an offset, so it is asked once for three days, and some twenty
 * times more to find a change of the clocks in them.
 */
export class ZoneClock {
  private readonly format: Intl.DateTimeFormat;
  /** By their number, counted from the epoch. */
  private readonly stretches = new Map<number, Stretch>();

  /** Throws RangeError for a zone that this runtime does not know. */
  constructor(zone: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** Milliseconds that the clocks are ahead of UTC at an instant; whole seconds. */
  offsetMs(epochMs: number): number {
    const { offsetBeforeMs, changeMs, offsetAfterMs } = this.stretch(Math.floor(epochMs / STRETCH_MS));
    return epochMs < changeMs ? offsetBeforeMs : offsetAfterMs;
  }

  private stretch(number: number): Stretch {
    let stretch = this.stretches.get(number);
    if (!stretch) {
      stretch = this.newStretch(number);
      if (this.stretches.size >= REMEMBERED_STRETCHES) this.stretches.clear();
      this.stretches.set(number, stretch);
    }
    return stretch;
  }

  private newStretch(number: number): Stretch {
    const [startMs, endMs] = [number * STRETCH_MS, (number + 1) * STRETCH_MS];
    const offsetBeforeMs = this.stretches.get(number - 1)?.offsetAfterMs ?? this.askedOffsetMs(startMs);
    const offsetAfterMs = this.stretches.get(number + 1)?.offsetBeforeMs ?? this.askedOffsetMs(endMs);
    const changeMs = offsetBeforeMs === offsetAfterMs ? Infinity : this.changeBetween(startMs, endMs, offsetBeforeMs);
    return { offsetBeforeMs, changeMs, offsetAfterMs };
  }

  /** Clocks are changed at whole seconds. */
  private changeBetween(startMs: number, endMs: number, offsetBeforeMs: number): number {
    let [before, after] = [startMs / SECOND_MS, endMs / SECOND_MS];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.askedOffsetMs(middle * SECOND_MS) === offsetBeforeMs) before = middle;
      else after = middle;
    }
    return after * SECOND_MS;
  }

  private askedOffsetMs(epochMs: number): number {
    const part: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
    for (const { type, value } of this.format.formatToParts(epochMs)) part[type] = value;
    const year = part.era === 'BC' ? 1 - Number(part.year) : Number(part.year);
    const local = new Date(0);
    local.setUTCFullYear(year, Number(part.month) - 1, Number(part.day));
    local.setUTCHours(Number(part.hour), Number(part.minute), Number(part.second));
    return local.getTime() - epochMs;
  }
}
