import { parseDuration } from '../../core/pipeline/duration';
import { isIanaZone, unknownZone } from '../../core/time/zone-name';
import { CALENDAR_UNITS, type CalendarUnit, CalendarWindowAssigner } from '../../core/windows/calendar-window';
import { TumblingWindowAssigner } from '../../core/windows/tumbling-window';
import type { Window, WindowAssigner } from '../../core/windows/window';
import { badParameter } from '../problem-details';

export const MOST_STEPS = 1_000;

/** Steps that follow each other without gap. */
export interface StepGrid {
  stepAt(timeMs: number): Window;
  /** How many steps `[fromMs, toMs)` touches, counted no further than one beyond {@link MOST_STEPS}. */
  count(fromMs: number, toMs: number): number;
}

/**
 * Steps of a duration (`6h`, on the clock of UTC) or of a unit (`day`, on the clocks of `tz`). Throws a 400 that says what
 * would be right.
 */
export function stepGrid(step: string | undefined, tz: string | undefined): StepGrid {
  if (tz !== undefined && !isIanaZone(tz)) throw badParameter('tz', `${unknownZone(tz)}.`);
  if (isUnit(step)) return gridOf(new CalendarWindowAssigner(step, tz ?? 'UTC'));
  const sizeMs = step === undefined ? undefined : parseDuration(step);
  if (sizeMs === undefined || sizeMs <= 0) {
    throw badParameter('step', `Give ${CALENDAR_UNITS.join(', ')}, or a duration such as 15m or 6h.`);
  }
  if (tz !== undefined && tz !== 'UTC') {
    throw badParameter(
      'tz',
      `A step of ${step} lies on the clock of UTC. On the clocks of a zone lie ${CALENDAR_UNITS.join(', ')}.`,
    );
  }
  return gridOf(new TumblingWindowAssigner(sizeMs, 0));
}

function isUnit(step: string | undefined): step is CalendarUnit {
  return CALENDAR_UNITS.includes(step as CalendarUnit);
}

function gridOf(windows: WindowAssigner): StepGrid {
  const stepAt = (timeMs: number): Window => windows.assign(timeMs)[0]!;
  return {
    stepAt,
    count(fromMs, toMs) {
      let steps = 0;
      for (let atMs = fromMs; atMs < toMs && steps <= MOST_STEPS; steps++) atMs = stepAt(atMs).endMs;
      return steps;
    },
  };
}
