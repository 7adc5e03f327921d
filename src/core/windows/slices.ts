import { greatestCommonDivisor } from '../greatest-common-divisor';
import type { Window } from './window';

/**
 * Windows that share state: event time is cut into slices, each window is a run of whole slices, and a record is
 * added to one slice however many windows hold it. Pure: equal times give equal slices and windows.
 * Source: J. Li et al., "No Pane, No Gain: Efficient Evaluation of Sliding-Window Aggregates over Data Streams", 2005.
 */
export interface SlicePlan {
  /** The slice that holds `eventTimeMs`. */
  sliceAt(eventTimeMs: number): Window;
  /** The windows that hold the slice, in order of their end, then of their start; at least one. */
  windowsOver(slice: Window): readonly Window[];
}

/**
 * `[k*advance + offset, +size)` for every `k`: Kafka Streams' `TimeWindows.advanceBy`, and as there none with a negative
 * start, unless there is an offset, before which a record would be in no window. All in ms; `0 < advanceMs <= sizeMs`, `0 <= offsetMs < advanceMs`.
 */
export class HoppingSlices implements SlicePlan {
  private readonly sliceMs: number;

  constructor(
    private readonly sizeMs: number,
    private readonly advanceMs: number,
    private readonly offsetMs = 0,
  ) {
    this.sliceMs = greatestCommonDivisor(sizeMs, advanceMs);
  }

  sliceAt(eventTimeMs: number): Window {
    const startMs = Math.floor((eventTimeMs - this.offsetMs) / this.sliceMs) * this.sliceMs + this.offsetMs;
    return { startMs, endMs: startMs + this.sliceMs, zone: 'UTC' };
  }

  windowsOver(slice: Window): readonly Window[] {
    const { sizeMs, advanceMs, offsetMs } = this;
    const windows: Window[] = [];
    const least = Math.ceil((slice.endMs - sizeMs - offsetMs) / advanceMs) * advanceMs + offsetMs;
    for (let startMs = least; startMs <= slice.startMs; startMs += advanceMs) {
      if (startMs >= 0 || offsetMs > 0) windows.push({ startMs, endMs: startMs + sizeMs, zone: 'UTC' });
    }
    return windows;
  }
}

/**
 * `[k*size, k*size + j*step)` for `j = 1 .. size/step`: Flink's `CUMULATE`. All in ms; `stepMs` divides `sizeMs`.
 */
export class CumulativeSlices implements SlicePlan {
  constructor(
    private readonly sizeMs: number,
    private readonly stepMs: number,
  ) {}

  sliceAt(eventTimeMs: number): Window {
    const startMs = Math.floor(eventTimeMs / this.stepMs) * this.stepMs;
    return { startMs, endMs: startMs + this.stepMs, zone: 'UTC' };
  }

  windowsOver(slice: Window): readonly Window[] {
    const startMs = Math.floor(slice.startMs / this.sizeMs) * this.sizeMs;
    const windows: Window[] = [];
    for (let { endMs } = slice; endMs <= startMs + this.sizeMs; endMs += this.stepMs) {
      windows.push({ startMs, endMs, zone: 'UTC' });
    }
    return windows;
  }
}
