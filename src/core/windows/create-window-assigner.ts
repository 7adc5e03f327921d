import type { WindowDefinition } from '../pipeline/definition';
import { CalendarWindowAssigner } from './calendar-window';
import { TumblingWindowAssigner } from './tumbling-window';
import type { WindowAssigner } from './window';

export function createWindowAssigner(window: WindowDefinition): WindowAssigner {
  switch (window.kind) {
    case 'tumbling':
      return new TumblingWindowAssigner(window.size, window.offset);
    case 'calendar':
      return new CalendarWindowAssigner(window.unit, window.zone);
  }
}
