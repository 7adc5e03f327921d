import { type AggregateDefinition, defineAggregate } from './aggregate-definition';
import type { JsonValue } from '../json';
import { anyArgument, wholeNumber } from './parameter';
import type { RecordPlace } from './aggregator';
import type { SpaceSaving } from './space-saving';
import { topKAggregator } from './top-k';

/**
 * `top_k_each(list, k)`: as `top_k(x, k)`, with each item of each record's list as one `x`. Items that are null are
 * passed over; what is no list counts as one value.
 */
export const topKEach: AggregateDefinition = defineAggregate({
  name: 'top_k_each',
  parameters: [anyArgument('list'), wholeNumber('k', 1, 1000)],
  result: 'list of {value, count}',
  guarantee: 'Space-Saving: exact up to 10 k different items; then never too small, too large by at most items / 10 k',
  space: '10 k values',
  create: (most) => {
    const counts = topKAggregator(most);
    return {
      ...counts,
      name: 'top_k_each',
      add: (state: SpaceSaving, list: JsonValue, at: RecordPlace) => {
        for (const item of Array.isArray(list) ? (list as readonly JsonValue[]) : [list]) {
          if (item !== null) counts.add(state, item, at);
        }
      },
    };
  },
});
