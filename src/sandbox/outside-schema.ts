import { z } from 'zod';
import type { CheckData, SchemaData } from './schema-data';

/** A schema of Zod that takes what the one takes that `data` was made of, with the same messages. */
export function schemaFrom(data: SchemaData): z.ZodType {
  switch (data.type) {
    case 'boolean':
      return z.boolean();
    case 'null':
      return z.null();
    case 'unknown':
      return z.unknown();
    case 'any':
      return z.any();
    case 'string':
      return z.string().check(...data.checks.map((check) => checkFrom<string>(check)));
    case 'number':
      return z.number().check(...data.checks.map((check) => checkFrom<number>(check)));
    case 'nullable':
      return z.nullable(schemaFrom(data.inner));
    case 'optional':
      return z.optional(schemaFrom(data.inner));
    case 'array':
      return z.array(schemaFrom(data.element)).check(...data.checks.map((check) => checkFrom<unknown[]>(check)));
    case 'object':
      return objectFrom(data);
    case 'enum':
      return z.enum(data.entries);
    case 'literal':
      return z.literal([...data.values]);
    case 'union':
      return z.union(data.options.map(schemaFrom) as [z.ZodType, ...z.ZodType[]]);
  }
}

function objectFrom({ shape, rest }: Extract<SchemaData, { type: 'object' }>): z.ZodType {
  const parts = Object.fromEntries(shape.map(([name, part]) => [name, schemaFrom(part)]));
  if (rest === 'strict') return z.strictObject(parts);
  return rest === 'loose' ? z.looseObject(parts) : z.object(parts);
}

function checkFrom<Value>(data: CheckData): z.core.$ZodCheck<Value> {
  return madeFrom(data) as z.core.$ZodCheck<Value>;
}

function madeFrom(data: CheckData): unknown {
  switch (data.check) {
    case 'greater_than':
      return data.inclusive ? z.gte(data.value) : z.gt(data.value);
    case 'less_than':
      return data.inclusive ? z.lte(data.value) : z.lt(data.value);
    case 'multiple_of':
      return z.multipleOf(data.value);
    case 'min_length':
      return z.minLength(data.minimum);
    case 'max_length':
      return z.maxLength(data.maximum);
    case 'number_format':
      return z.int();
  }
}
