import { displayed } from '../decoding/displayed';
import { nearest } from '../pipeline/nearest';
import { isZone } from './zone';

/** The longest of the tz database has 32. */
const LONGEST_NAME = 64;

/**
 * Whether the text names a zone of the tz database that this runtime knows; aliases do, and letter case does not count.
 * Offsets such as `+08:00` name no place, and older runtimes do not know them.
 */
export function isIanaZone(name: string): boolean {
  return name.length <= LONGEST_NAME && /^[A-Za-z]/.test(name) && isZone(name);
}

let names: readonly string[] | undefined;

/** What is wrong with a text for which {@link isIanaZone} is false, and the zone that was most likely meant. */
export function unknownZone(name: string): string {
  names ??= ['UTC', ...Intl.supportedValuesOf('timeZone')];
  const meant = nearest(name, names);
  const remedy = meant === undefined ? ', such as Asia/Shanghai or UTC' : `; did you mean "${meant}"?`;
  return `${displayed(name)} is no IANA time zone${remedy}`;
}
