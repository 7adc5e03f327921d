import { seededRandom } from './random';

/** One page read, as the platform's app sends it. */
export interface ReadingEvent {
  readonly student_id: string;
  readonly session_id: string;
  readonly chapter_id: string;
  readonly page: number;
  readonly words_read: number;
  readonly duration: number;
  readonly mistakes: readonly { readonly word: string; readonly attempts: number }[];
  readonly device: { readonly type: string; readonly os: string };
  readonly score: number | null;
  readonly at: string;
}

const MINUTE_MS = 60_000;
const WORDS = ['through', 'enough', 'rhythm', 'island', 'क्षेत्र', 'naïve', 'colonel', 'queue'];
const DEVICES = [
  { type: 'tablet', os: 'Android' },
  { type: 'phone', os: 'iOS' },
  { type: 'laptop', os: 'Linux' },
];

/** Early pages of other students, as many as give each partition of the topic one: before that, a partition holds no time back. */
export function earlyEvents(mark: string): readonly ReadingEvent[] {
  return Array.from({ length: 40 }, (_, i) => ({
    ...{ student_id: `${mark}-early-${i}`, session_id: 'early', chapter_id: `${mark}-early`, page: 0, words_read: 1 },
    ...{ duration: 1, mistakes: [{ word: 'queue', attempts: 1 }], device: DEVICES[0]!, score: 1 },
    at: '2026-01-01T00:00:00.000Z',
  }));
}

/**
 * Students who read in several sessions over two months, in order of time. `mark` makes their ids and those of their
 * chapters different from those of every other call.
 */
export function readingEvents(mark: string, students: number, seed: number): readonly ReadingEvent[] {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const chapters = Array.from({ length: 5 }, (_, i) => `${mark}-chapter-${i}`);
  const events: ReadingEvent[] = [];
  for (let student = 0; student < students; student++) {
    let atMs = Date.parse('2026-01-10T08:00:00Z') + Math.floor(random() * 1e9);
    for (let session = 0; session < 6; session++) {
      const device = pick(DEVICES);
      for (let page = 0; page < 8; page++) {
        events.push({
          student_id: `${mark}-student-${student}`,
          session_id: `session-${session}`,
          chapter_id: pick(chapters),
          page,
          words_read: 50 + Math.floor(random() * 200),
          duration: Math.floor(random() * 90_000) / 1_000,
          mistakes: Array.from({ length: Math.floor(random() * 4) }, () => ({
            word: pick(WORDS),
            attempts: 1 + Math.floor(random() * 3),
          })),
          device,
          score: random() < 0.1 ? null : Math.floor(random() * 200) / 2,
          at: new Date(atMs).toISOString(),
        });
        // The gap that ends a session is 30 minutes; exactly that long is still the same session.
        atMs += random() < 0.05 ? 30 * MINUTE_MS : Math.floor(random() * 25 * MINUTE_MS) + 1_000;
      }
      atMs += 31 * MINUTE_MS + Math.floor(random() * 10 * 86_400_000);
    }
  }
  return events.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}
