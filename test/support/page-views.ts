/** What the browser tests of the page need to know of a view. */
export interface ViewSample {
  /** In the address. */
  readonly path: string;
  /** Of the heading. */
  readonly title: string;
  /** Places, and texts in them, that are there only once rows have come. */
  readonly shows: readonly (readonly [selector: string, text: string | RegExp])[];
}

/** A pipeline of the test's own, which cannot process every row of another: what comes over HTTP is checked before. */
export const PEAKS = 'air-quality-peaks';
const TOO_MUCH = 'more than 1000 is no reading';
export const PEAKS_YAML = `
apiVersion: millrace/v1
kind: Pipeline
metadata: { name: ${PEAKS}, description: The greatest reading of all days }
spec:
  source: { topic: air-quality.daily, partitions: 4, format: json }
  where: values.max_pm25 <= 1000 || reject("${TOO_MUCH}")
  derive: { peak: values.max_pm25 }
  key: [pipeline]
  repartition: always
  window: { kind: global }
  aggregate: { greatest: max(peak) }
  sinks: [{ live: {} }]
`;

/** A pipeline that gets no record. */
export const SILENT = 'air-quality-silent';
export const SILENT_YAML = `
apiVersion: millrace/v1
kind: Pipeline
metadata: { name: ${SILENT}, description: Readings of posts that send none }
spec:
  source: { topic: air-quality.silent, partitions: 1, format: json }
  key: [location]
  window: { kind: tumbling, size: 1h }
  aggregate: { readings: count() }
  sinks: [{ live: {} }]
`;

/** A coin that no upstream has. */
export const COIN = { id: 'test-1', symbol: 'TST', name: 'Testcoin', volume24: 1_000 } as const;

export const VIEW_SAMPLES: readonly ViewSample[] = [
  {
    path: 'overview',
    title: 'Overview',
    shows: [
      ['#pipeline-table tbody tr', /air-quality-daily.*running/s],
      ['.graph .node', 'crypto.tickers'],
    ],
  },
  {
    path: 'air-quality',
    title: 'Air quality',
    shows: [
      ['.tile', /\d+\s*AQI/],
      ['.panel .hint', /µg\/m³ · [\d,]+ days/],
    ],
  },
  { path: 'pipelines/air-quality-daily', title: 'air-quality-daily', shows: [['#latest tbody tr', 'Beijing']] },
  {
    path: 'crypto',
    title: 'Crypto prices',
    shows: [
      ['#candles', /\$[\d,.]+.*one-minute candle/s],
      ['#coins tbody tr', 'Testcoin'],
    ],
  },
  {
    path: 'reading',
    title: 'Reading',
    shows: [
      ['#sessions tbody tr', /student-\d/],
      ['#chapters .bars li', 'chapter-'],
      ['#mistakes .bars li', /\d/],
    ],
  },
  {
    path: 'users',
    title: 'Users',
    shows: [
      ['#users-country .bars li', /%/],
      ['#users-age .bars li', /\d\d-\d\d/],
      ['#users-gender .bars li', 'female'],
    ],
  },
  {
    path: 'sensors',
    title: 'Sensors',
    shows: [
      ['#sensor-stats .hint', /°C · \d+ window/],
      ['#cameras .tile', 'frames/s'],
    ],
  },
  {
    path: 'model',
    title: 'Model',
    shows: [
      ['#predictions .hint', /[1-9]\d* hours/],
      ['#errors tbody tr', /\d\.\d\d.*%/s],
    ],
  },
  { path: 'feeds', title: 'Feeds', shows: [['#feed-list tbody tr', /coinlore-tickers.*running.*ago/s]] },
  { path: `dead-letters/${PEAKS}`, title: 'Dead letters', shows: [['.letter', TOO_MUCH]] },
];
