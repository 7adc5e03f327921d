import type { WindowDefinition } from '../pipeline/definition';
import { durationText } from '../pipeline/duration';

/** A window in words: `calendar day in Asia/Shanghai`, `hopping 1h every 5m`. */
export function windowText(window: WindowDefinition): string {
  switch (window.kind) {
    case 'calendar':
      return `calendar ${window.unit} in ${window.zone ?? `the zone of ${window.zoneField}`}`;
    case 'hopping':
      return `hopping ${durationText(window.size)} every ${durationText(window.advance)}${offsetText(window)}`;
    case 'cumulative':
      return `cumulative ${durationText(window.size)} by ${durationText(window.step)}`;
    case 'session':
      return `sessions with gaps of ${durationText(window.gap)}`;
    case 'count':
      return `every ${window.size} records`;
    case 'global':
      return 'all records';
    case 'tumbling':
      return `tumbling ${durationText(window.size)}${offsetText(window)}`;
    case 'sliding':
      return `sliding ${durationText(window.size)}`;
  }
}

function offsetText({ offset }: { readonly offset: number }): string {
  return offset === 0 ? '' : `, shifted by ${durationText(offset)}`;
}
