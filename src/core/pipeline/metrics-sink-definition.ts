import { z } from 'zod';
import { strict } from './schema-kit';

/** What a `metrics` sink shows; checked further by `checkMetrics`. */
export const metricsSchema = strict({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,47}$/, { error: 'a name is made of lower-case letters, digits and _ (at most 48)' })
    .describe('What the values are: the label `name` of `millrace_row_value`'),
  value: z.string().describe('A number; CEL as for columns. A key whose newest row has null is not shown'),
  maxSeries: z
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .describe('How many keys of a partition are shown; one that comes in addition takes the place of the one that rests longest'),
});

export type MetricsSinkDefinition = z.output<typeof metricsSchema>;
