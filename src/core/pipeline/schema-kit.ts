import { z } from 'zod';
import { parseByteSize } from './byte-size';
import { parseDuration } from './duration';
import { suggestion } from './nearest';

/** Known to the language of pipelines, but not yet to this build. Refused by name rather than called unknown. */
const NOT_SUPPORTED = 'is not supported by this version';

/**
 * An object without properties other than those of `shape`. One message for each unknown property, in their order,
 * one on each line.
 */
export function strict<Shape extends z.ZodRawShape>(shape: Shape, notSupported: readonly string[] = []) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((name) => unknownProperty(name, known, notSupported)).join('\n')
        : undefined,
  });
}

function unknownProperty(name: string, known: readonly string[], notSupported: readonly string[]): string {
  if (notSupported.includes(name)) return `"${name}" ${NOT_SUPPORTED}; supported: ${known.join(', ')}`;
  return `unknown property "${name}"${suggestion(name, known)}`;
}

/** What is wrong with a value that should be one of a few texts. */
export function choiceMessage(value: unknown, supported: readonly string[], planned: readonly string[]): string {
  if (value === undefined) return `is missing; one of ${supported.join(', ')} is needed`;
  if (typeof value !== 'string') return `one of ${supported.join(', ')} is needed`;
  if (planned.includes(value)) return `"${value}" ${NOT_SUPPORTED}; supported: ${supported.join(', ')}`;
  return `unknown value "${value}"${suggestion(value, supported)}`;
}

/** One of a few texts. `planned` are those of the language that this build refuses. */
export function choice<const Values extends readonly [string, ...string[]]>(
  values: Values,
  planned: readonly string[] = [],
) {
  return z.enum(values, { error: (issue) => choiceMessage(issue.input, values, planned) });
}

const DURATION_EXPECTED = 'a duration such as 250ms, 10s, 5m, 1h, 7d or PT1H is needed';

function wrongDuration(value: unknown): string {
  if (value === undefined) return `is missing; ${DURATION_EXPECTED}`;
  if (typeof value === 'number') return `${value} has no unit; ${DURATION_EXPECTED}`;
  return `${JSON.stringify(value)} is no duration; ${DURATION_EXPECTED}`;
}

const durationText = () =>
  z
    .string({ error: (issue) => wrongDuration(issue.input) })
    .meta({ examples: ['250ms', '10s', '5m', '1h', '7d', 'PT1H'] });

/** A duration; parsed to milliseconds. */
export function duration() {
  return durationText().transform((text, context) => {
    const ms = parseDuration(text);
    if (ms !== undefined) return ms;
    context.addIssue({ code: 'custom', message: wrongDuration(text) });
    return z.NEVER;
  });
}

/** A duration longer than nothing; parsed to milliseconds. */
export function positiveDuration() {
  return duration().refine((ms) => ms > 0, { error: 'must be longer than 0' });
}

/** A duration longer than nothing, or `never`. */
export function positiveDurationOrNever() {
  return durationText().transform((text, context) => {
    if (text === 'never') return 'never' as const;
    const ms = parseDuration(text);
    if (ms !== undefined && ms > 0) return ms;
    context.addIssue({
      code: 'custom',
      message: ms === 0 ? 'must be longer than 0' : `${wrongDuration(text)}, or never`,
    });
    return z.NEVER;
  });
}

/** A size in bytes between `least` and `most`, as a number or as text with a unit. */
export function byteSize(least: number, most: number) {
  const expected = `a size such as 1MiB or 64KiB, from ${least} to ${most} bytes, is needed`;
  return z.union([z.number(), z.string()], { error: () => expected }).transform((given, context) => {
    const bytes = typeof given === 'number' ? given : parseByteSize(given);
    if (bytes !== undefined && Number.isInteger(bytes) && bytes >= least && bytes <= most) return bytes;
    context.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/** A name that column expressions can use. */
export function identifier(reserved: readonly string[] = []) {
  return z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'a name is made of letters, digits and _, and starts with no digit' })
    .refine((name) => !reserved.includes(name), { error: (issue) => `"${String(issue.input)}" is a reserved name` });
}
