import { displayed } from '../core/decoding/displayed';
import type { Row } from '../core/row/row';
import { toRowJson } from '../core/row/row-json';
import type { ExpectedRow } from './golden-definition';

/** A part of a row that is not as expected: `values.avg: 5 was expected, 6 came`. */
export type Mismatch = string;

/** What is not as expected in a row; only what the expectation names is looked at. */
export function mismatches(expected: ExpectedRow, row: Row, tolerance: number): Mismatch[] {
  const { key, window, values, final, deleted, closeReason } = expected;
  const equal = (left: unknown, right: unknown): boolean => isEqual(left, right, tolerance);
  return [
    ...namedParts('key', key, row.key, equal),
    ...(window ? windowMismatches(window, row.window) : []),
    ...(values && !row.values ? ['a row with values was expected, a deleted one came'] : []),
    ...(row.values ? namedParts('values', values, row.values, equal) : []),
    ...flag('final', final, row.final),
    ...flag('deleted', deleted, row.values === undefined),
    ...(closeReason !== undefined && closeReason !== row.closeReason
      ? [mismatch('closeReason', closeReason, row.closeReason)]
      : []),
  ];
}

/** Whether the two are about the same key and window, so that they differ in the rest. */
export function isSameIdentity({ key, window }: ExpectedRow, row: Row): boolean {
  return mismatches({ ...(key && { key }), ...(window && { window }) }, row, 0).length === 0;
}

/** A row as an expectation can be written: YAML in one line. */
export function expectationText(row: Row): string {
  const { key, window, values, deleted, final } = toRowJson(row);
  return JSON.stringify({
    ...(Object.keys(key).length > 0 && { key }),
    ...(window && { window }),
    ...(values && { values }),
    ...(deleted && { deleted }),
    ...(final && { final, closeReason: row.closeReason }),
  });
}

/** An expectation as it was written, times as text. */
export function expectedText({ window, ...rest }: ExpectedRow): string {
  const { key, ...others } = rest;
  const { start, end, index } = window ?? {};
  const bounds = window && {
    ...(start !== undefined && { start: timeText(start) }),
    ...(end !== undefined && { end: timeText(end) }),
    ...(index !== undefined && { index }),
  };
  return JSON.stringify({ ...(key && { key }), ...(bounds && { window: bounds }), ...others });
}

type Equal = (left: unknown, right: unknown) => boolean;

function namedParts(
  part: string,
  expected: Readonly<Record<string, unknown>> | undefined,
  actual: Readonly<Record<string, unknown>>,
  equal: Equal,
): Mismatch[] {
  return Object.entries(expected ?? {}).flatMap(([name, value]) => {
    const came = Object.hasOwn(actual, name) ? actual[name] : undefined;
    return equal(value, came) ? [] : [mismatch(`${part}.${name}`, value, came)];
  });
}

function windowMismatches(expected: NonNullable<ExpectedRow['window']>, actual: Row['window']): Mismatch[] {
  if (!actual) return ['a row with a window was expected, one without came'];
  const { start, end, index } = expected;
  return [
    ...(start !== undefined && start !== actual.startMs ? [timeMismatch('start', start, actual.startMs)] : []),
    ...(end !== undefined && end !== actual.endMs ? [timeMismatch('end', end, actual.endMs)] : []),
    ...(index !== undefined && index !== actual.index ? [mismatch('window.index', index, actual.index)] : []),
  ];
}

function timeMismatch(name: string, expectedMs: number, actualMs: number): Mismatch {
  return `window.${name}: ${timeText(expectedMs)} was expected, ${timeText(actualMs)} came`;
}

function flag(name: string, expected: boolean | undefined, actual: boolean): Mismatch[] {
  return expected === undefined || expected === actual ? [] : [mismatch(name, expected, actual)];
}

function mismatch(name: string, expected: unknown, actual: unknown): Mismatch {
  return `${name}: ${displayed(expected)} was expected, ${actual === undefined ? 'nothing' : displayed(actual)} came`;
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}

/** Deep equality of JSON values, numbers within the tolerance. */
function isEqual(left: unknown, right: unknown, tolerance: number): boolean {
  if (typeof left === 'number' && typeof right === 'number') {
    return left === right || Math.abs(left - right) <= tolerance * Math.max(1, Math.abs(left));
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [wanted, came] = [Object.entries(left), Object.entries(right)];
  if (wanted.length !== came.length) return false;
  return wanted.every(
    ([name, value]) =>
      Object.hasOwn(right, name) && isEqual(value, (right as Record<string, unknown>)[name], tolerance),
  );
}
