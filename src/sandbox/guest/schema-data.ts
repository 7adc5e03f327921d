import { z } from 'zod';
import type { CheckData, SchemaData } from '../schema-data';

type Definition = Readonly<Record<string, unknown>>;

/**
 * What a schema says, if it holds no code: no refinement, transform, coercion, default, pattern or message of its own. Code has to
 * run here, and takes many times as long.
 */
export function schemaDataOf(schema: unknown): SchemaData | undefined {
  const { customError, localeError } = z.config();
  const isPlain = customError === undefined && (localeError === undefined || String(localeError) === ENGLISH);
  return isPlain ? dataOf(schema) : undefined;
}

const ENGLISH = String(z.locales.en().localeError);

function dataOf(schema: unknown): SchemaData | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const definition = schema._zod.def as unknown as Definition;
  const make = MAKERS[definition['type'] as string];
  // A class of the user's own may do anything.
  if (!make || schema.constructor !== make.of || !holdsOnly(definition, ['type', ...make.parts])) return undefined;
  return make.data(definition);
}

interface Maker {
  readonly of: unknown;
  /** Properties of the definition beside `type`; another one is something that this code does not know. */
  readonly parts: readonly string[];
  data(definition: Definition): SchemaData | undefined;
}

function holdsOnly(definition: Definition, parts: readonly string[]): boolean {
  return Object.keys(definition).every((part) => parts.includes(part) || definition[part] === undefined);
}

function plain(type: 'boolean' | 'null' | 'unknown' | 'any', of: unknown): Maker {
  return { of, parts: [], data: () => ({ type }) };
}

function checked(type: 'string' | 'number', of: unknown): Maker {
  return {
    of,
    parts: ['checks'],
    data(definition) {
      const checks = checksOf(definition);
      return checks && { type, checks };
    },
  };
}

function wrapping(type: 'nullable' | 'optional', of: unknown): Maker {
  return {
    of,
    parts: ['innerType'],
    data({ innerType }) {
      const inner = dataOf(innerType);
      return inner && { type, inner };
    },
  };
}

const MAKERS: Readonly<Record<string, Maker>> = {
  boolean: plain('boolean', z.ZodBoolean),
  null: plain('null', z.ZodNull),
  unknown: plain('unknown', z.ZodUnknown),
  any: plain('any', z.ZodAny),
  string: checked('string', z.ZodString),
  number: checked('number', z.ZodNumber),
  nullable: wrapping('nullable', z.ZodNullable),
  optional: wrapping('optional', z.ZodOptional),
  array: { of: z.ZodArray, parts: ['element', 'checks'], data: arrayData },
  object: { of: z.ZodObject, parts: ['shape', 'catchall', 'checks'], data: objectData },
  enum: {
    of: z.ZodEnum,
    parts: ['entries'],
    data: ({ entries }) => ({ type: 'enum', entries: { ...(entries as Record<string, string | number>) } }),
  },
  literal: { of: z.ZodLiteral, parts: ['values'], data: literalData },
  union: { of: z.ZodUnion, parts: ['options'], data: unionData },
};

function arrayData(definition: Definition): SchemaData | undefined {
  const element = dataOf(definition['element']);
  const checks = checksOf(definition);
  return element && checks && { type: 'array', element, checks };
}

function objectData(definition: Definition): SchemaData | undefined {
  if (checksOf(definition)?.length !== 0) return undefined;
  const rest = restOf(definition['catchall']);
  const parts = all(Object.entries(definition['shape'] as object), ([name, part]) => {
    const data = dataOf(part);
    return data && ([name, data] as const);
  });
  return rest && parts && { type: 'object', shape: parts, rest };
}

function restOf(catchall: unknown): 'strip' | 'strict' | 'loose' | undefined {
  if (catchall === undefined) return 'strip';
  if (catchall instanceof z.ZodNever) return 'strict';
  return catchall instanceof z.ZodUnknown ? 'loose' : undefined;
}

function literalData({ values }: Definition): SchemaData | undefined {
  const literals = all(values as readonly unknown[], (value) =>
    value === null || ['string', 'number', 'boolean'].includes(typeof value) ? { value } : undefined,
  );
  return literals && { type: 'literal', values: literals.map(({ value }) => value as string) };
}

function unionData({ options }: Definition): SchemaData | undefined {
  const data = all(options as readonly unknown[], dataOf);
  return data && { type: 'union', options: data };
}

/** What each gives, if each gives something. */
function all<One, Part>(list: readonly One[], give: (one: One) => Part | undefined): readonly Part[] | undefined {
  const given = list.map(give);
  return given.every((part) => part !== undefined) ? given : undefined;
}

const CHECK_PARTS: Readonly<Record<string, readonly string[]>> = {
  greater_than: ['value', 'inclusive'],
  less_than: ['value', 'inclusive'],
  multiple_of: ['value'],
  min_length: ['minimum', 'when'],
  max_length: ['maximum', 'when'],
  number_format: ['type', 'abort', 'format'],
};

function checksOf({ checks = [] }: Definition): readonly CheckData[] | undefined {
  return all(checks as readonly z.core.$ZodCheck[], checkOf);
}

function checkOf(check: z.core.$ZodCheck): CheckData | undefined {
  const definition = check._zod.def as unknown as Definition;
  const name = String(definition['check']);
  const parts = CHECK_PARTS[name];
  if (!parts || !holdsOnly(definition, ['check', ...parts]) || definition['abort'] === true) return undefined;
  const { value, inclusive, minimum, maximum, format, when } = definition;
  if (when !== undefined && !(typeof when === 'function' && USUAL.includes(String(when)))) return undefined;
  const isNumber = [value, minimum, maximum].every((bound) => bound === undefined || typeof bound === 'number');
  if (!isNumber || (format !== undefined && format !== 'safeint')) return undefined;
  return { check: name, value, inclusive, minimum, maximum, format } as unknown as CheckData;
}

/** When Zod itself applies checks of a length. */
const USUAL = [z.minLength(1), z.maxLength(1)].map(({ _zod }) => String((_zod.def as { when?: unknown }).when));
