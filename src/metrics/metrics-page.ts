import { collectDefaultMetrics, Registry } from 'prom-client';
import { RowValues } from '../runtime/row-values/row-values';
import { dependencyGauges } from './dependency-gauges';
import { FeedMetrics } from './feed-metrics';
import { type Label, LABELS } from './labels';
import type { MetricDescription } from './meters';
import { PrometheusObserver } from './prometheus-observer';
import { rowValueGauges } from './row-value-gauges';
import { statusGauges } from './status-gauges';

const MADE_BY = '<!-- Made by `npm run metrics`. -->';

const BEGINNING = `# Metrics

${MADE_BY}

\`GET /metrics\` of each process, in Prometheus's text format. What to do with them: [alerts and dashboards](observability.md).
While [tracing](operations.md#tracing) is on the format is OpenMetrics, and the durations of checkpoints and sinks have exemplars: each bucket names the
\`trace_id\` of the newest work in it that the sampler keeps. Prometheus stores them with \`--enable-feature=exemplar-storage\`.

Counters and histograms belong to the process, start at 0 with it, and count work that is repeated after a crash again; the totals of
\`/v1/pipelines\` are part of the checkpoint and do not. Gauges tell of the tasks and feeds that the process has now, and vanish with them. The
column "across" says how the values of several processes make one: \`sum\` adds them up; \`max\` takes the greatest, as two processes may tell of the
same partition for a moment while it changes hands; \`min\` takes the least.
`;

const ENDING = `All labels, and what bounds the number of their values. Nothing that a record or a caller can choose is one, but for \`key\`.
`;

/** Every metric that Millrace makes. */
export function metricDescriptions(): readonly MetricDescription[] {
  const { meters } = new PrometheusObserver();
  statusGauges(meters);
  rowValueGauges(meters, new RowValues());
  dependencyGauges(meters, () => []);
  new FeedMetrics(meters, () => 0);
  return meters.descriptions;
}

/** The names of all series of a process: histograms have three, and the process has its own. */
export function allMetricNames(): readonly string[] {
  const ours = metricDescriptions().flatMap(({ name, type }) => seriesOf(name, type));
  return [...ours, ...processMetrics().flatMap(({ name, type }) => seriesOf(name, String(type)))];
}

/** The text of `docs/metrics.md`. */
export function metricsPage(): string {
  const all = metricDescriptions();
  return [
    BEGINNING,
    '## Pipelines\n',
    table(all.filter(({ labels }) => labels.includes('pipeline'))),
    '## Feeds\n',
    table(all.filter(({ labels }) => labels.includes('feed'))),
    '## Service\n',
    table(all.filter(({ labels }) => !labels.includes('pipeline') && !labels.includes('feed'))),
    '## Labels\n',
    ENDING,
    labelTable(),
    '## Buckets\n',
    bucketTable(all),
    '## Process\n',
    "Node.js and the operating system, by prom-client's names.\n",
    processTable(),
  ].join('\n');
}

function table(metrics: readonly MetricDescription[]): string {
  return rows(
    ['metric', 'type', 'across', 'meaning'],
    metrics.map(({ name, type, labels, across, help }) => [`\`${name}${labelText(labels)}\``, type, across, help]),
  );
}

function labelText(labels: readonly Label[]): string {
  return labels.length === 0 ? '' : `{${labels.join(',')}}`;
}

function labelTable(): string {
  const labels = Object.entries(LABELS).map(([name, { meaning, bound }]) => [`\`${name}\``, meaning, bound]);
  return rows(['label', 'meaning', 'bounded by'], labels);
}

function bucketTable(metrics: readonly MetricDescription[]): string {
  const histograms = metrics.flatMap(({ name, buckets }) => (buckets ? [[`\`${name}\``, buckets.join(', ')]] : []));
  return rows(['histogram', 'upper bounds, seconds'], histograms);
}

function processTable(): string {
  const metrics = processMetrics().map(({ name, type, help }) => [`\`${name}\``, String(type), help]);
  return rows(['metric', 'type', 'meaning'], metrics);
}

function processMetrics() {
  const register = new Registry();
  collectDefaultMetrics({ register });
  return register.getMetricsAsArray();
}

function seriesOf(name: string, type: string): readonly string[] {
  return type === 'histogram' ? [name, `${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];
}

function rows(head: readonly string[], cells: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}
