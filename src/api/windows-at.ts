import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { WindowDefinition } from '../core/pipeline/definition';
import type { Row } from '../core/row/row';
import type { CalendarUnit } from '../core/windows/calendar-window';
import { endsInclusively } from '../core/windows/ends-inclusively';
import { badParameter } from './problem-details';

const DAY_MS = 86_400_000;

/** Longer than any such window on any clock. */
const LONGEST_UNIT_DAYS: Readonly<Record<CalendarUnit, number>> = {
  ...{ hour: 1, day: 2, week: 8, month: 32, quarter: 93, year: 367 },
};
/** Only records tell how long these are: one that began longer ago is not found. */
const LONGEST_WRITTEN_MS = 31 * DAY_MS;

/** Starts of windows that may hold an instant, epoch ms `[fromMs, toMs)`. Throws a 400 for a pipeline without windows. */
export function startsAround(
  pipeline: CompiledPipeline,
  atMs: number,
): { readonly fromMs: number; readonly toMs: number } {
  const { window } = pipeline.definition.spec;
  if (!window || window.kind === 'global') {
    throw badParameter('at', `The rows of "${pipeline.name}" have no windows, so that no time chooses among them.`);
  }
  return { fromMs: atMs - longestMs(window), toMs: atMs + 1 };
}

function longestMs(window: Exclude<WindowDefinition, { kind: 'global' }>): number {
  if ('size' in window && window.kind !== 'count') return window.size;
  return window.kind === 'calendar' ? LONGEST_UNIT_DAYS[window.unit] * DAY_MS : LONGEST_WRITTEN_MS;
}

/** Whether the row's window holds the instant. */
export function holds({ definition }: CompiledPipeline, { window }: Row, atMs: number): boolean {
  if (!window || window.startMs > atMs) return false;
  return endsInclusively(definition.spec.window) ? window.endMs >= atMs : window.endMs > atMs;
}
