import { localDate } from '../time/zone';
import type { Window } from '../windows/window';

/** `window` as column expressions see it. */
export interface WindowFields {
  /** Epoch ms. */
  readonly start: number;
  readonly end: number;
  /** Local date of the start in the window's zone, `YYYY-MM-DD`. */
  readonly date: string;
  /** Local year of the start. */
  readonly year: number;
  /** Ordinal of a count window of its key, from 0; null for the other kinds. */
  readonly index: number | null;
}

/** Asking for a local date costs microseconds, and a checkpoint's rows share few windows. */
const REMEMBERED = 256;
const remembered = new Map<string, WindowFields>();

export function windowFields(window: Window): WindowFields {
  const identity = `${window.startMs}/${window.endMs}/${window.index ?? ''}/${window.zone}`;
  let fields = remembered.get(identity);
  if (!fields) {
    if (remembered.size >= REMEMBERED) remembered.clear();
    fields = fieldsOf(window);
    remembered.set(identity, fields);
  }
  return fields;
}

function fieldsOf(window: Window): WindowFields {
  const { year, month, day } = localDate(window.startMs, window.zone);
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  return { start: window.startMs, end: window.endMs, date, year, index: window.index ?? null };
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, '0');
}
