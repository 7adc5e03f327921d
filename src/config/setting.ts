import { z } from 'zod';
import { parseDuration } from '../core/pipeline/duration';

/** What a setting needs beside its parser: whether its text may be shown. */
interface SettingMeta {
  readonly secret: boolean;
}

export const settingMeta = z.registry<SettingMeta>();

/** A setting read from text. `right` completes "is not …": it says what would have been right. */
export function setting<T>(right: string, parse: (text: string) => T | undefined) {
  return z.string().transform((text, context): T => {
    const value = parse(text.trim());
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: right });
    return z.NEVER;
  });
}

export const text = () => setting('any text that is not empty', (given) => given || undefined);

export const secret = () => text().register(settingMeta, { secret: true });

export const list = (right: string, item: (given: string) => boolean) =>
  setting(right, (given) => {
    const items = given
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
    return items.length > 0 && items.every(item) ? items : undefined;
  });

export const oneOf = <T extends string>(choices: readonly T[], fold: (given: string) => string = (given) => given) =>
  setting(`one of ${choices.join(', ')}`, (given) => choices.find((choice) => choice === fold(given)));

export const flag = () =>
  setting(
    'true or false',
    (given) => ({ true: true, '1': true, yes: true, false: false, '0': false, no: false })[given],
  );

export const integer = (least: number, most: number) =>
  setting(`a whole number from ${least} to ${most}`, (given) => {
    const value = /^\d+$/.test(given) ? Number(given) : NaN;
    return value >= least && value <= most ? value : undefined;
  });

const BYTE_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  kb: 1e3,
  kib: 2 ** 10,
  ki: 2 ** 10,
  m: 1e6,
  mb: 1e6,
  mib: 2 ** 20,
  mi: 2 ** 20,
  g: 1e9,
  gb: 1e9,
  gib: 2 ** 30,
  gi: 2 ** 30,
};

export const bytes = (least: number) =>
  setting(`a number of bytes such as 268435456 or 256MiB, at least ${least}`, (given) => {
    const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(given);
    const unit = match && BYTE_UNITS[match[2]!.toLowerCase()];
    if (!match || unit === undefined || unit === null) return undefined;
    const value = Math.round(Number(match[1]) * unit);
    return value >= least && Number.isSafeInteger(value) ? value : undefined;
  });

/** Milliseconds of a duration as pipelines write it. */
export const duration = () => setting('a duration such as 250ms, 30s, 5m or 1h', parseDuration);
