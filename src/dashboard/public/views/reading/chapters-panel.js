import { bars } from '../../parts/bars.js';
import { count } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';

const SHOWN = 12;

/** The mean of the students' newest scores in each chapter, the best chapter first. */
export class ChaptersPanel {
  #panel = new Panel({
    id: 'chapters',
    title: 'Scores by chapter',
    subtitle: 'Mean of the newest score of each student',
  });

  constructor() {
    this.element = this.#panel.element;
    this.#panel.state('loading', 'Reading rows…');
  }

  show(followed) {
    const chapters = meansOf(followed.model.latestRows());
    this.#panel.follow(followed, chapters.length === 0, 'Nobody has a score yet.');
    const items = chapters.slice(0, SHOWN).map(({ chapter, mean, students }) => ({
      ...{ label: chapter, value: mean, text: mean.toFixed(2) },
      note: `${count(students)} ${students === 1 ? 'student' : 'students'}`,
    }));
    this.#panel.body(bars('Scores by chapter', items));
  }
}

function meansOf(rows) {
  const scores = new Map();
  for (const { row } of rows) {
    const { score } = row.values ?? {};
    if (typeof score === 'number') scores.set(row.key.chapter_id, [...(scores.get(row.key.chapter_id) ?? []), score]);
  }
  return [...scores]
    .map(([chapter, all]) => ({
      chapter: String(chapter),
      mean: all.reduce((sum, score) => sum + score, 0) / all.length,
      students: all.length,
    }))
    .sort((a, b) => b.mean - a.mean);
}
