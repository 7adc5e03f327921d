import { z } from 'zod';

/** A check of a schema that is data, as Zod names it. */
const check = z.discriminatedUnion('check', [
  z.object({ check: z.enum(['greater_than', 'less_than']), value: z.number(), inclusive: z.boolean() }),
  z.object({ check: z.literal('multiple_of'), value: z.number() }),
  z.object({ check: z.literal('min_length'), minimum: z.number() }),
  z.object({ check: z.literal('max_length'), maximum: z.number() }),
  z.object({ check: z.literal('number_format'), format: z.literal('safeint') }),
]);
const checks = z.array(check).readonly();
const literal = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export type CheckData = z.output<typeof check>;

/** What a schema of Zod says that holds no code: the outside makes an equal one of it, and asks nobody. */
export type SchemaData =
  | { readonly type: 'boolean' | 'null' | 'unknown' | 'any' }
  | { readonly type: 'string' | 'number'; readonly checks: readonly CheckData[] }
  | { readonly type: 'nullable' | 'optional'; readonly inner: SchemaData }
  | { readonly type: 'array'; readonly element: SchemaData; readonly checks: readonly CheckData[] }
  | {
      readonly type: 'object';
      readonly shape: readonly (readonly [string, SchemaData])[];
      readonly rest: 'strip' | 'strict' | 'loose';
    }
  | { readonly type: 'enum'; readonly entries: Readonly<Record<string, string | number>> }
  | { readonly type: 'literal'; readonly values: readonly (string | number | boolean | null)[] }
  | { readonly type: 'union'; readonly options: readonly SchemaData[] };

export const schemaData: z.ZodType<SchemaData> = z.lazy(() =>
  z.discriminatedUnion('type', [
    z.object({ type: z.enum(['boolean', 'null', 'unknown', 'any']) }),
    z.object({ type: z.enum(['string', 'number']), checks }),
    z.object({ type: z.enum(['nullable', 'optional']), inner: schemaData }),
    z.object({ type: z.literal('array'), element: schemaData, checks }),
    z.object({
      type: z.literal('object'),
      shape: z.array(z.tuple([z.string(), schemaData]).readonly()).readonly(),
      rest: z.enum(['strip', 'strict', 'loose']),
    }),
    z.object({ type: z.literal('enum'), entries: z.record(z.string(), z.union([z.string(), z.number()])) }),
    z.object({ type: z.literal('literal'), values: z.array(literal).readonly() }),
    z.object({ type: z.literal('union'), options: z.array(schemaData).readonly() }),
  ]),
);
