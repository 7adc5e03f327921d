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

export const VIEW_SAMPLES: readonly ViewSample[] = [
  { path: 'overview', title: 'Overview', shows: ['#pipeline-table tbody tr', /air-quality-daily.*running/s] },
  {
    path: 'air-quality',
    title: 'Air quality',
    shows: ['.panel .hint', /µg\/m³ · \d+ days/],
    topic: 'air-quality.readings',
    records: readings,
  },
  {
    path: 'pipelines/air-quality-daily',
    title: 'air-quality-daily',
    shows: ['#latest tbody tr', 'Hyderabad US Consulate, India (हैदराबाद अमेरिकी वाणिज्य दूतावास)'],
  },
  { path: 'dead-letters/air-quality-daily', title: 'Dead letters', shows: ['.letter', 'air-quality.readings'] },
];
