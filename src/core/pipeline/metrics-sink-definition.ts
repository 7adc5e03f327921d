import { z } from 'zod';
import { positiveDuration, strict } from './schema-kit';

/** What a `metrics` sink shows; checked further by `checkMetrics`. */
export const metricsSchema = strict({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,47}$/, { error: 'a name is made of lower-case letters, digits and _ (at most 48)' })
    .describe('What the values are: the label `name` of `millrace_row_value`'),
  value: z.string().describe('A number; CEL as for columns. A key whose newest row has null is not shown'),
  title: z
    .string()
    .optional()
    .describe(
      'What people call the key: text, CEL as for columns; the label `title`. A key keeps the first one for as long as it is shown',
    ),
  maxSeries: z
    .int()
    .min(1)
    .max(1_000)
    .default(100)
    .describe('How many keys of a partition are shown; a new one has to wait until another goes'),
  ttl: positiveDuration()
    .prefault('1d')
    .describe('A key is shown no more when no row of it has come for so long, by the clock of the service'),
});

export type MetricsSinkDefinition = z.output<typeof metricsSchema>;
