import {
  Counter,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  type PrometheusContentType,
  Registry,
} from 'prom-client';
import type { Label } from './labels';

/** How the values of several processes make one: counters and histograms always add up. */
export type AcrossProcesses = 'sum' | 'max' | 'min';

/** What a metric is, for the page that documents it. */
export interface MetricDescription {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly Label[];
  readonly across: AcrossProcesses;
  /** Upper bounds, of a histogram. */
  readonly buckets?: readonly number[];
}

export interface GaugeOptions {
  readonly across: AcrossProcesses;
  readonly labels?: readonly Label[];
  /** Called before each scrape. */
  readonly collect?: () => void;
}

export interface HistogramOptions {
  readonly buckets: readonly number[];
  readonly labels?: readonly Label[];
  /** It can be told, beside a value, in which trace it came about. It then takes values as `{ labels, value }` only. */
  readonly hasExemplars?: boolean;
}

/** Makes the metrics of Millrace and remembers what they are. A name is given once: prom-client throws otherwise. */
export class Meters {
  readonly registry = new Registry<OpenMetricsContentType | PrometheusContentType>();
  private readonly made: MetricDescription[] = [];

  constructor() {
    // prom-client makes no histogram with exemplars for another type of text.
    this.registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  }

  /** From now on the text is the one that everything can read. */
  withoutExemplars(): void {
    this.registry.setContentType(Registry.PROMETHEUS_CONTENT_TYPE);
  }

  /** In the order in which they were made. */
  get descriptions(): readonly MetricDescription[] {
    return this.made;
  }

  /** `collect` is called before each scrape. */
  counter(name: string, help: string, labels: readonly Label[] = [], collect?: () => void): Counter {
    this.made.push({ name, type: 'counter', help, labels, across: 'sum' });
    return new Counter({
      name,
      help,
      labelNames: [...labels],
      registers: [this.registry],
      ...(collect && { collect }),
    });
  }

  gauge(name: string, help: string, { across, labels = [], collect }: GaugeOptions): Gauge {
    this.made.push({ name, type: 'gauge', help, labels, across });
    return new Gauge({ name, help, labelNames: [...labels], registers: [this.registry], ...(collect && { collect }) });
  }

  histogram(name: string, help: string, { buckets, labels = [], hasExemplars = false }: HistogramOptions): Histogram {
    this.made.push({ name, type: 'histogram', help, labels, across: 'sum', buckets });
    return new Histogram({
      ...{ name, help, labelNames: [...labels], buckets: [...buckets] },
      ...{ registers: [this.registry], enableExemplars: hasExemplars },
    });
  }
}
