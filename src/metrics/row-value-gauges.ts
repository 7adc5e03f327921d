import type { Counter, Gauge } from 'prom-client';
import type { RowValues } from '../runtime/row-values/row-values';
import type { Meters } from './meters';

/** What `metrics` sinks show. */
export function rowValueGauges(meters: Meters, shown: RowValues): void {
  const gauge: Gauge = meters.gauge(
    'millrace_row_value',
    'What a `metrics` sink shows: the newest value of each key, in the process that owns its partition, until its `ttl` is over',
    {
      ...{ across: 'max', labels: ['pipeline', 'name', 'key', 'title'] },
      collect: () => {
        gauge.reset();
        for (const { value, ...labels } of shown.all()) gauge.set(labels, value);
      },
    },
  );
  const dropped: Counter = meters.counter(
    'millrace_row_values_dropped_total',
    'Keys of a checkpoint whose number a `metrics` sink does not show: it has `maxSeries` keys already, or the key is longer than 200 characters',
    ['pipeline', 'name'],
    () => {
      dropped.reset();
      for (const { count, ...labels } of shown.dropped()) dropped.inc(labels, count);
    },
  );
}
