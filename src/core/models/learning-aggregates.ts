import type { AggregateDefinition } from '../aggregates/aggregate-definition';
import { onlineAnomaly } from './online-anomaly';
import { onlineRegression } from './online-regression';

/** Aggregates for which the order of records counts: they learn from one before they see the next. */
export const learningAggregates: readonly AggregateDefinition[] = [onlineRegression, onlineAnomaly];
