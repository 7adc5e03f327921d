import type { ReadingEvent } from './reading-activity';

/** What the tables must hold, computed from the events without the code under test. */

const GAP_MS = 30 * 60_000;

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Newest first. */
export function expectedLog(events: readonly ReadingEvent[], student: string): readonly object[] {
  const own = events.filter(({ student_id }) => student_id === student);
  return [...own].reverse().map(({ student_id: _, mistakes, ...event }) => {
    const attempts: Record<string, number> = {};
    for (const { word, attempts: times } of mistakes) attempts[word] = (attempts[word] ?? 0) + times;
    return { ...event, mistakes: attempts };
  });
}

export function expectedChapters(events: readonly ReadingEvent[], student: string): readonly object[] {
  const chapters = grouped(
    events.filter(({ student_id }) => student_id === student),
    ({ chapter_id }) => chapter_id,
  );
  return [...chapters].sort().map(([chapter_id, own]) => {
    const scores = own.flatMap(({ score }) => (score === null ? [] : [score]));
    return {
      chapter_id,
      score: scores.at(-1) ?? null,
      duration: expect.closeTo(sum(own.map(({ duration }) => duration)), 9) as number,
      pages: own.length,
      last_read: own.at(-1)!.at,
      extra_data: {
        best_score: scores.length > 0 ? Math.max(...scores) : null,
        words: sum(own.map(({ words_read }) => words_read)),
        mistakes: sum(own.map(({ mistakes }) => mistakes.length)),
      },
    };
  });
}

/** Best first; students without a score have no place. */
export function expectedScores(events: readonly ReadingEvent[], chapter: string): readonly object[] {
  const students = grouped(
    events.filter(({ chapter_id }) => chapter_id === chapter),
    ({ student_id }) => student_id,
  );
  const rows = [...students].flatMap(([student_id, own]) => {
    const score = own.filter((event) => event.score !== null).at(-1)?.score ?? null;
    return score === null ? [] : [{ student_id, score, duration: sum(own.map(({ duration }) => duration)) }];
  });
  rows.sort((a, b) => b.score - a.score || (a.student_id < b.student_id ? 1 : -1));
  return rows.map((row) => ({ chapter_id: chapter, ...row, duration: expect.closeTo(row.duration, 9) as number }));
}

function topWords(weights: ReadonlyMap<string, number>, most: number): readonly object[] {
  const inOrder = [...weights].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  return inOrder.slice(0, most).map(([word, count]) => ({ word, count }));
}

function weightsOf<T>(items: readonly T[], nameOf: (item: T) => string, weightOf: (item: T) => number) {
  const weights = new Map<string, number>();
  for (const item of items) weights.set(nameOf(item), (weights.get(nameOf(item)) ?? 0) + weightOf(item));
  return weights;
}

/** Newest first. */
export function expectedSessions(events: readonly ReadingEvent[], student: string): readonly object[] {
  const sessions: ReadingEvent[][] = [];
  for (const event of events.filter(({ student_id }) => student_id === student)) {
    const last = sessions.at(-1)?.at(-1);
    if (last && Date.parse(event.at) - Date.parse(last.at) <= GAP_MS) sessions.at(-1)!.push(event);
    else sessions.push([event]);
  }
  return sessions.reverse().map((own) => {
    const words = sum(own.map(({ words_read }) => words_read));
    const mistakes = sum(own.map((event) => event.mistakes.length));
    const devices = topWords(
      weightsOf(
        own,
        ({ device }) => device.type,
        () => 1,
      ),
      5,
    );
    return {
      start: own[0]!.at,
      end: own.at(-1)!.at,
      total_words: words,
      pages: own.length,
      accuracy: (words - mistakes) / words,
      words_by_chapter: topWords(
        weightsOf(
          own,
          ({ chapter_id }) => chapter_id,
          ({ words_read }) => words_read,
        ),
        20,
      ),
      details: {
        seconds: expect.closeTo(sum(own.map(({ duration }) => duration)), 9) as number,
        mistakes,
        devices: devices.map((device) => {
          const { word, count } = device as { word: string; count: number };
          return { value: word, count };
        }),
      },
    };
  });
}

/** By month, newest first. */
export function expectedMistakes(events: readonly ReadingEvent[], chapter: string): readonly object[] {
  const months = grouped(
    events.filter(({ chapter_id, mistakes }) => chapter_id === chapter && mistakes.length > 0),
    ({ at }) => `${at.slice(0, 7)}-01`,
  );
  return [...months]
    .sort()
    .reverse()
    .map(([month, own]) => {
      const words = own.flatMap(({ mistakes }) => mistakes.map(({ word }) => word));
      return {
        month,
        words: topWords(
          weightsOf(
            words,
            (word) => word,
            () => 1,
          ),
          10,
        ),
        mistakes: words.length,
      };
    });
}
