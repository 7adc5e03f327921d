import type { WindowDefinition } from '../core/pipeline/definition';
import type { CalendarUnit } from '../core/windows/calendar-window';
import type { Duration } from './duration';

export type WindowKind = WindowDefinition['kind'];

declare const types: unique symbol;

/** A window, with the fields of the record that it reads. */
export interface WindowSpec<Kind extends WindowKind = WindowKind, Field extends string = string> {
  /** As a definition has it. */
  readonly window: { readonly kind: Kind };
  readonly [types]?: Field;
}

export interface Grace {
  /** How long a window waits for late records after its end; default `0s`. */
  readonly grace?: Duration;
}

export interface Offset {
  /** Shifts the windows, which are aligned to the epoch in UTC. */
  readonly offset?: Duration;
}

/** For this folder: `count` makes windows too. */
export function windowSpec<Kind extends WindowKind>(kind: Kind, fields: object): WindowSpec<Kind, never> {
  return { window: { kind, ...fields } };
}

/** Windows of `size`, one after the other. */
export function tumbling(size: Duration, options: Grace & Offset = {}): WindowSpec<'tumbling', never> {
  return windowSpec('tumbling', { size, ...options });
}

/** Windows of `size`, one beginning every `advance`. */
export function hopping(
  size: Duration,
  { advance, ...options }: Grace & Offset & { readonly advance: Duration },
): WindowSpec<'hopping', never> {
  return windowSpec('hopping', { size, advance, ...options });
}

/** A window that ends at each record, and one that begins just after it. */
export function sliding(size: Duration, options: Grace = {}): WindowSpec<'sliding', never> {
  return windowSpec('sliding', { size, ...options });
}

/** Records of a key at most `gap` apart. */
export function session(gap: Duration, options: Grace = {}): WindowSpec<'session', never> {
  return windowSpec('session', { gap, ...options });
}

/** Windows that begin together every `size`, each longer than the one before by `step`. */
export function cumulative(
  size: Duration,
  { step, ...options }: Grace & { readonly step: Duration },
): WindowSpec<'cumulative', never> {
  return windowSpec('cumulative', { size, step, ...options });
}

/** Hours, days, weeks, months, quarters or years on the clocks of an IANA zone, or of the zone that a field names. */
export function calendar(unit: CalendarUnit, options: Grace & { readonly zone: string }): WindowSpec<'calendar', never>;
export function calendar<Field extends string>(
  unit: CalendarUnit,
  options: Grace & { readonly zoneField: Field },
): WindowSpec<'calendar', Field>;
export function calendar(unit: CalendarUnit, options: object): WindowSpec<'calendar', never> {
  return windowSpec('calendar', { unit, ...options });
}

/** One window that never closes. */
export function global(): WindowSpec<'global', never> {
  return windowSpec('global', {});
}
