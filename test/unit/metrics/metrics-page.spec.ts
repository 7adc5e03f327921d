import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { metricDescriptions, metricsPage } from '../../../src/metrics/metrics-page';

const PUBLISHED = join(__dirname, '..', '..', '..', 'docs', 'metrics.md');

describe('docs/metrics.md', () => {
  it('is what the code makes; after a change: npm run metrics', () => {
    expect(readFileSync(PUBLISHED, 'utf8')).toBe(metricsPage());
  });

  it('names each metric once, with the unit that it has', () => {
    const metrics = metricDescriptions();
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    for (const { name, type } of metrics) {
      expect(name).toMatch(/^millrace_[a-z_]+$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });

  it('has the metrics that the interface promises', () => {
    const promised = {
      millrace_records_total: ['pipeline', 'result'],
      millrace_rows_emitted_total: ['pipeline', 'sink'],
      millrace_checkpoint_duration_seconds: ['pipeline'],
      millrace_checkpoint_age_seconds: ['pipeline'],
      millrace_watermark_lag_seconds: ['pipeline', 'partition'],
      millrace_consumer_lag_records: ['pipeline', 'partition'],
      millrace_end_to_end_seconds: ['pipeline'],
      millrace_late_records_total: ['pipeline'],
      millrace_lateness_seconds: ['pipeline'],
      millrace_dead_letters_total: ['pipeline', 'reason'],
      millrace_state_keys: ['pipeline'],
      millrace_state_bytes: ['pipeline'],
      millrace_tasks: ['pipeline', 'state'],
      millrace_fenced_total: ['pipeline'],
      millrace_rebalances_total: ['pipeline'],
      millrace_sink_retries_total: ['pipeline', 'sink'],
      millrace_sink_duration_seconds: ['pipeline', 'sink'],
    };
    const made = Object.fromEntries(metricDescriptions().map(({ name, labels }) => [name, labels]));
    expect(made).toMatchObject(promised);
  });
});
