import {
  dateIdentifiesWindow,
  windowsFrom,
  windowStartingAt,
  windowStartingOn,
} from '../../../../src/adapters/cassandra/window-range';
import { localDate } from '../../../../src/core/time/zone';
import { CalendarWindowAssigner } from '../../../../src/core/windows/calendar-window';
import { TumblingWindowAssigner } from '../../../../src/core/windows/tumbling-window';
import type { Window, WindowAssigner } from '../../../../src/core/windows/window';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Size 3, advance 1: each instant is in three windows. */
const hopping: WindowAssigner = {
  assign: (t) => [t - 2, t - 1, t].map((startMs) => ({ startMs, endMs: startMs + 3, zone: 'UTC' })),
};
/** Size 4, step 2: windows share their start. */
const cumulative: WindowAssigner = {
  assign(t) {
    const startMs = Math.floor(t / 4) * 4;
    return [2, 4].map((length) => ({ startMs, endMs: startMs + length, zone: 'UTC' })).filter((w) => w.endMs > t);
  },
};

const take = (count: number, windows: Iterable<Window>): readonly Window[] => {
  const taken: Window[] = [];
  for (const window of windows) {
    if (taken.push(window) === count) break;
  }
  return taken;
};

describe('windowsFrom', () => {
  it.each<[string, WindowAssigner, readonly (readonly number[])[]]>([
    [
      'tumbling',
      new TumblingWindowAssigner(10),
      [
        [10, 20],
        [20, 30],
        [30, 40],
      ],
    ],
    [
      'hopping',
      hopping,
      [
        [5, 8],
        [6, 9],
        [7, 10],
        [8, 11],
      ],
    ],
    [
      'cumulative',
      cumulative,
      [
        [8, 10],
        [8, 12],
        [12, 14],
        [12, 16],
      ],
    ],
  ])('gives each %s window that starts at 5 or later once, in order', (_, assigner, expected) => {
    const windows = take(expected.length, windowsFrom(assigner, 5));
    expect(windows.map(({ startMs, endMs }) => [startMs, endMs])).toEqual(expected);
  });

  it('ends with a window that does not', () => {
    const global: WindowAssigner = { assign: () => [{ startMs: 0, endMs: Infinity, zone: 'UTC' }] };
    expect([...windowsFrom(global, 0)]).toHaveLength(1);
  });
});

describe('windowStartingOn', () => {
  it.each([
    ['Asia/Shanghai', 'day'],
    ['America/Sao_Paulo', 'day'],
    ['Europe/Berlin', 'week'],
    ['Asia/Kolkata', 'month'],
  ] as const)('finds the window of a date again: %s, %s', (zone, unit) => {
    const assigner = new CalendarWindowAssigner(unit, zone);
    for (const window of take(400, windowsFrom(assigner, Date.UTC(2013, 0, 1)))) {
      expect(windowStartingOn(assigner, localDate(window.startMs, zone))).toEqual(window);
    }
  });

  it('finds a window that starts in the middle of the date, and none where none starts', () => {
    const noonToNoon = new TumblingWindowAssigner(2 * DAY_MS, DAY_MS / 2);
    expect(windowStartingOn(noonToNoon, { year: 1970, month: 1, day: 1 })?.startMs).toBe(DAY_MS / 2);
    expect(windowStartingOn(noonToNoon, { year: 1970, month: 1, day: 2 })).toBeUndefined();
  });
});

describe('windowStartingAt', () => {
  it('tells windows with the same start apart by their end', () => {
    expect(windowStartingAt(cumulative, 8)?.endMs).toBe(10);
    expect(windowStartingAt(cumulative, 8, 12)?.endMs).toBe(12);
    expect(windowStartingAt(cumulative, 9)).toBeUndefined();
    expect(windowStartingAt(hopping, 8)).toEqual({ startMs: 8, endMs: 11, zone: 'UTC' });
  });
});

describe('dateIdentifiesWindow', () => {
  it.each<[string, WindowAssigner, boolean]>([
    ['days with 23 and 25 hours', new CalendarWindowAssigner('day', 'Europe/Berlin'), true],
    ['months', new CalendarWindowAssigner('month', 'Asia/Shanghai'), true],
    ['hours', new CalendarWindowAssigner('hour', 'Asia/Shanghai'), false],
    ['23 hours', new TumblingWindowAssigner(23 * HOUR_MS), false],
    ['minutes', new TumblingWindowAssigner(60_000), false],
  ])('%s', (_, assigner, expected) => {
    expect(dateIdentifiesWindow(assigner)).toBe(expected);
  });
});
