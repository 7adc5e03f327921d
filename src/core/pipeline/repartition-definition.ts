import { z } from 'zod';
import { choice, choiceMessage, strict } from './schema-kit';

const WHEN = ['auto', 'always', 'never'] as const;
const DEFAULT_RANGE = 1024;

/** `auto` is short for `{ when: auto }`. */
export const repartitionSchema = z
  .union(
    [
      z.enum(WHEN),
      strict({
        when: choice(WHEN).default('auto').describe('As the word alone: auto, always or never'),
        preAggregate: z
          .boolean()
          .default(false)
          .describe(
            'Whether records are aggregated before the internal topic, so that it carries a partial aggregate for many',
          ),
        range: z
          .int()
          .min(1)
          .max(65_536)
          .default(DEFAULT_RANGE)
          .describe(
            'How many offsets of a source partition a partial aggregate covers at most; only with preAggregate',
          ),
      }),
    ],
    { error: (issue) => choiceMessage(issue.input, WHEN, []) },
  )
  .default('auto')
  .describe(
    'Whether records go through an internal topic that is keyed by key; auto: if the newest records have other message keys when the pipeline is first deployed',
  );

export interface Repartition {
  readonly when: (typeof WHEN)[number];
  /** Offsets of a source partition that one partial aggregate covers at most; `undefined` without pre-aggregation. */
  readonly partialRange: number | undefined;
}

/** The short form and the long one alike. */
export function repartitionOf({
  repartition,
}: {
  readonly repartition: z.output<typeof repartitionSchema>;
}): Repartition {
  if (typeof repartition === 'string') return { when: repartition, partialRange: undefined };
  const { when, preAggregate, range } = repartition;
  return { when, partialRange: preAggregate ? range : undefined };
}
