import type { WindowDefinition } from '../pipeline/definition';
import { CalendarWindowAssigner } from './calendar-window';
import { GlobalWindowAssigner } from './global-window';
import { SlicedWindowAssigner } from './sliced-window';
import { CumulativeSlices, HoppingSlices, type SlicePlan } from './slices';
import { TumblingWindowAssigner } from './tumbling-window';
import type { WindowAssigner } from './window';
import { ZonedCalendarWindowAssigner } from './zoned-calendar-window';

export type PaneWindowDefinition = Extract<WindowDefinition, { kind: 'tumbling' | 'calendar' | 'global' }>;
export type SlicedWindowDefinition = Extract<WindowDefinition, { kind: 'hopping' | 'cumulative' }>;

/** Where windows lie; `undefined` for kinds of which only the records of a key tell. */
export function createWindowAssigner(window: WindowDefinition): WindowAssigner | undefined {
  switch (window.kind) {
    case 'tumbling':
    case 'calendar':
    case 'global':
      return createPaneAssigner(window);
    case 'hopping':
    case 'cumulative':
      return new SlicedWindowAssigner(createSlicePlan(window));
    case 'session':
    case 'sliding':
    case 'count':
      return undefined;
  }
}

/** Kinds of which a record is in one window. */
export function createPaneAssigner(window: PaneWindowDefinition): WindowAssigner {
  switch (window.kind) {
    case 'tumbling':
      return new TumblingWindowAssigner(window.size, window.offset);
    case 'global':
      return new GlobalWindowAssigner();
    case 'calendar':
      if (window.zoneField !== undefined) return new ZonedCalendarWindowAssigner(window.unit, window.zoneField);
      return new CalendarWindowAssigner(window.unit, window.zone ?? 'UTC');
  }
}

/** Kinds of which windows share slices. */
export function createSlicePlan(window: SlicedWindowDefinition): SlicePlan {
  if (window.kind === 'cumulative') return new CumulativeSlices(window.size, window.step);
  return new HoppingSlices(window.size, window.advance, window.offset);
}
