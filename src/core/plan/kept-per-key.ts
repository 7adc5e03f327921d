import { greatestCommonDivisor } from '../greatest-common-divisor';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import { durationText } from '../pipeline/duration';
import type { CalendarUnit } from '../windows/calendar-window';

/** How the state of one key is kept. */
export interface KeptPerKey {
  /** `pane`: one for each window; `slice`: shared by windows; `window`: all windows of a key in one entry of the store. */
  readonly entry: 'pane' | 'slice' | 'window' | 'none';
  /** Most entries of one key at a time; `undefined` when that depends on its records. */
  readonly count: number | undefined;
  /** Windows that one record counts in. */
  readonly windowsPerRecord: number | undefined;
  /** How much event time a slice covers, ms; for entries of that kind. */
  readonly sliceMs: number | undefined;
  /** What the count rests on. */
  readonly assumption: string;
}

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000] as const;
/** The shortest that there are. */
const UNIT_MS: Readonly<Record<CalendarUnit, number>> = {
  hour: HOUR_MS,
  day: 23 * HOUR_MS,
  week: 7 * DAY_MS - HOUR_MS,
  month: 28 * DAY_MS - HOUR_MS,
  quarter: 90 * DAY_MS - HOUR_MS,
  year: 365 * DAY_MS,
};

/** How many entries a key has while records keep coming, from the window alone. */
export function keptPerKey(pipeline: CompiledPipeline): KeptPerKey {
  const { window } = pipeline.definition.spec;
  const heldMs = pipeline.graceMs + pipeline.outOfOrdernessMs + pipeline.amendMs;
  switch (window?.kind) {
    case undefined:
      return { ...NO_STATE, assumption: 'a pipeline without windows keeps nothing' };
    case 'global':
      return { ...PANE, count: 1, assumption: 'one window for ever' };
    case 'tumbling':
      return panes(window.size, heldMs);
    case 'calendar':
      return panes(UNIT_MS[window.unit], heldMs);
    case 'hopping':
      return slices(window, window.advance, heldMs);
    case 'cumulative':
      return slices(window, window.step, heldMs);
    case 'count':
      return { ...SPAN, count: 1, windowsPerRecord: 1, assumption: 'the window that fills' };
    case 'session': {
      const ended = Math.ceil(heldMs / window.gap);
      return {
        ...SPAN,
        count: ended + 1,
        windowsPerRecord: 1,
        assumption: held('the open session', heldMs, 'sessions'),
      };
    }
    case 'sliding': {
      const reachMs = 2 * window.size + heldMs;
      const assumption = `two windows for each record of the last ${durationText(reachMs)}`;
      return { ...SPAN, count: undefined, windowsPerRecord: undefined, assumption };
    }
  }
}

const NO_STATE = { entry: 'none', count: 0, windowsPerRecord: undefined, sliceMs: undefined } as const;
const PANE = { entry: 'pane', windowsPerRecord: 1, sliceMs: undefined } as const;
const SPAN = { entry: 'window', sliceMs: undefined } as const;

function panes(sizeMs: number, heldMs: number): KeptPerKey {
  return { ...PANE, count: Math.ceil(heldMs / sizeMs) + 1, assumption: held('the current window', heldMs, 'windows') };
}

function slices({ size }: { readonly size: number }, stepMs: number, heldMs: number): KeptPerKey {
  const sliceMs = greatestCommonDivisor(size, stepMs);
  return {
    entry: 'slice',
    count: Math.ceil((size + heldMs) / sliceMs) + 1,
    windowsPerRecord: Math.ceil(size / stepMs),
    sliceMs,
    assumption: `a record in each slice of ${durationText(sliceMs)} of the last ${durationText(size + heldMs)}`,
  };
}

function held(first: string, heldMs: number, what: string): string {
  if (heldMs === 0) return first;
  return `${first}, and ${what} of the last ${durationText(heldMs)}: grace, out-of-orderness and amendments`;
}
