import { type LocalDate, localDate, startOfLocalDate } from '../../core/time/zone';
import { compareWindows } from '../../core/row/row-identity';
import type { Window, WindowAssigner } from '../../core/windows/window';

/** Windows that start at `fromMs` or later, in order of their start, then of their end. Endless while windows end. */
export function* windowsFrom(windows: WindowAssigner, fromMs: number): Generator<Window> {
  let last: Window | undefined;
  let atMs = fromMs;
  while (Number.isFinite(atMs)) {
    const holding = windows.assign(atMs);
    for (const window of holding) {
      if (window.startMs < fromMs || (last && compareWindows(window, last) <= 0)) continue;
      yield window;
      last = window;
    }
    atMs = holding[0]?.endMs ?? firstHeldMs(windows, atMs);
  }
}

/** Beyond what any instant needs: 2^43 ms are 278 years. */
const MOST_DOUBLINGS = 43;

/**
 * Windows shifted by an offset begin that long after the epoch; before, no window holds the time. An instant in the
 * first window after it: the offset is at most the length of a window, so doubling does not step over one.
 */
function firstHeldMs(windows: WindowAssigner, afterMs: number): number {
  for (let power = 0; power <= MOST_DOUBLINGS; power++) {
    if (windows.assign(afterMs + 2 ** power).length > 0) return afterMs + 2 ** power;
  }
  return Infinity;
}

/** The window that starts at an instant; `endMs` tells windows with the same start apart. */
export function windowStartingAt(windows: WindowAssigner, startMs: number, endMs?: number): Window | undefined {
  const starting = windows.assign(startMs).filter((window) => window.startMs === startMs);
  return endMs === undefined ? starting[0] : starting.find((window) => window.endMs === endMs);
}

/** The window that ends, exclusively, at an instant. */
export function windowEndingAt(windows: WindowAssigner, endMs: number): Window | undefined {
  return windows.assign(endMs - 1).find((window) => window.endMs === endMs);
}

/** The first window that starts on a date of the calendar in the windows' own zone. */
export function windowStartingOn(windows: WindowAssigner, date: LocalDate): Window | undefined {
  const zone = windows.assign(0)[0]?.zone ?? 'UTC';
  for (const window of windowsFrom(windows, startOfLocalDate(date, zone))) {
    return sameDate(localDate(window.startMs, zone), date) ? window : undefined;
  }
  return undefined;
}

/** Enough to meet two windows on one date, if there are such: 23-hour windows meet after 24 of them. */
const PROBED_WINDOWS = 100;

/** Whether no two windows start on the same date of their calendar, as far as 100 windows show. */
export function dateIdentifiesWindow(windows: WindowAssigner): boolean {
  let last: LocalDate | undefined;
  let probed = 0;
  for (const { startMs, zone } of windowsFrom(windows, 0)) {
    const date = localDate(startMs, zone);
    if (last && sameDate(date, last)) return false;
    if ((probed += 1) >= PROBED_WINDOWS) return true;
    last = date;
  }
  return false;
}

function sameDate(a: LocalDate, b: LocalDate): boolean {
  return a.year === b.year && a.month === b.month && a.day === b.day;
}

const DAY_MS = 86_400_000;

/**
 * The days of UTC that a window starting in `[fromMs, toMs)` may start on by the clocks of any zone, in order; at least
 * one. Clocks are at most 14 hours from UTC.
 */
export function daysAround(fromMs: number, toMs: number): readonly Window[] {
  const first = Math.floor(fromMs / DAY_MS) - 1;
  const last = Math.floor(toMs / DAY_MS) + 1;
  return Array.from({ length: Math.max(1, last - first + 1) }, (_, i) => {
    const startMs = (first + i) * DAY_MS;
    return { startMs, endMs: startMs + DAY_MS, zone: 'UTC' };
  });
}
