/** What the browser tests of the page's views need to know of each: records for its topic, and what must be seen then. */
export interface ViewSample {
  /** In the address. */
  readonly path: string;
  /** Of the heading. */
  readonly title: string;
  /** A place and a text in it that are there only once rows have come. */
  readonly shows: readonly [selector: string, text: string | RegExp];
  readonly topic?: string;
  records?(nowMs: number): readonly Record<string, unknown>[];
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
  window: { kind: global }
  aggregate: { greatest: max(peak) }
  sinks: [{ live: {} }]
`;

const HOUR_MS = 3_600_000;
const POSTS = ['Beijing US Post', 'Shanghai US Post', 'Hyderabad US Consulate, India (हैदराबाद अमेरिकी वाणिज्य दूतावास)'];

/** Five days of hours, the newest a moment ago. */
function readings(nowMs: number): readonly Record<string, unknown>[] {
  return Array.from({ length: 120 }, (_, i) => nowMs - (119 - i) * HOUR_MS).flatMap((atMs, hour) =>
    POSTS.map((location, post) => ({
      observed_at: new Date(atMs).toISOString(),
      location,
      pm25: 20 + 40 * post + (hour % 24),
    })),
  );
}

const COINS = [
  ['90', 'BTC', 'Bitcoin', 97_000],
  ['80', 'ETH', 'Ethereum', 3_300],
  ['9', 'SHIB', 'Shiba Inu', 0.000_024_43],
] as const;

/** An hour of prices, every 30 s; the first coin rises, the others fall. */
function tickers(nowMs: number): readonly Record<string, unknown>[] {
  return Array.from({ length: 120 }, (_, i) => i).flatMap((step) =>
    COINS.map(([id, symbol, name, base], coin) => ({
      ...{ id, symbol, name, volume24: 1_000_000 },
      price_usd: base * (1 + ((coin === 0 ? 1 : -1) * (step + (step % 7))) / 2_000),
      ts: Math.floor(nowMs / 1000) - (119 - step) * 30,
    })),
  );
}

export const VIEW_SAMPLES: readonly ViewSample[] = [
  { path: 'overview', title: 'Overview', shows: ['#pipeline-table tbody tr', /air-quality-daily.*running/s] },
  {
    path: 'air-quality',
    title: 'Air quality',
    shows: ['.tile', /Hyderabad.*\d+\s*AQI/s],
    topic: 'air-quality.readings',
    records: readings,
  },
  {
    path: 'crypto',
    title: 'Crypto prices',
    shows: ['#candles', /Bitcoin \(BTC\): \$10\d,\d{3}\.\d\d.*one-minute candles/s],
    topic: 'crypto.tickers',
    records: tickers,
  },
  {
    path: 'pipelines/air-quality-daily',
    title: 'air-quality-daily',
    shows: ['#latest tbody tr', 'Hyderabad US Consulate, India (हैदराबाद अमेरिकी वाणिज्य दूतावास)'],
  },
  { path: `dead-letters/${PEAKS}`, title: 'Dead letters', shows: ['.letter', TOO_MUCH] },
];
