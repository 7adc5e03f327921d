import { z } from 'zod';
import { schemaData } from './schema-data';

/** What a module in the sandbox exports, as it is told to the outside. Functions are numbers that the sandbox knows. */
const number = z.number().int().nonnegative();
const parameter = z.discriminatedUnion('of', [
  z.object({ of: z.literal('record'), name: z.string(), kind: z.enum(['number', 'any', 'presence', 'numbers']) }),
  z.object({ of: z.literal('definition'), name: z.string(), expected: z.string(), read: number }),
]);

const version = z.number().optional();
const describedFunction = z.object({
  name: z.string(),
  parameters: z.array(z.string()).readonly(),
  result: z.string(),
  version,
  call: number,
});

const describedAggregate = z.object({
  description: z.object({
    name: z.string(),
    result: z.string(),
    guarantee: z.string(),
    space: z.string(),
    version,
    mergeable: z.literal(false).optional(),
    commutes: z.literal(true).optional(),
  }),
  parameters: z.array(parameter).readonly(),
  create: number,
});

const describedPipeline = z.object({
  document: z.object({
    apiVersion: z.literal('millrace/v1'),
    kind: z.literal('Pipeline'),
    metadata: z.looseObject({ name: z.string() }),
    spec: z.record(z.string(), z.unknown()),
  }),
  argumentFields: z.record(z.string(), z.array(z.string()).readonly()),
  check: z.object({ version: z.string(), call: number, schema: schemaData.optional() }).optional(),
  functions: z.array(number.nullable()).readonly(),
  aggregates: z.array(number.nullable()).readonly(),
  recordFunctions: z
    .array(z.object({ name: z.string(), result: z.enum(['bool', 'dyn']), version: z.number(), call: number }))
    .readonly(),
});

const list = <Part extends z.ZodType>(part: Part) =>
  z.union([z.array(part.nullable()).readonly(), z.literal('no list')]).optional();

/** A part that is null was not made by this package. */
export const described = z.object({
  pipelines: list(describedPipeline),
  aggregates: list(number),
  functions: list(number),
  table: z.object({
    functions: z.array(describedFunction).readonly(),
    aggregates: z.array(describedAggregate).readonly(),
  }),
});

/** Made by {@link z.object the host's schema}, and by the sandbox in its words. */
export type Described = z.input<typeof described>;
export type DescribedFunction = z.input<typeof describedFunction>;
export type DescribedAggregate = z.input<typeof describedAggregate>;
export type DescribedPipeline = z.input<typeof describedPipeline>;
