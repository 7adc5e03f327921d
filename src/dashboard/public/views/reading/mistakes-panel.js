import { bars } from '../../parts/bars.js';
import { count } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { choice } from '../../parts/segments.js';

const month = new Intl.DateTimeFormat('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** The words of one chapter that were read wrong most in its newest month. */
export class MistakesPanel {
  #chapters = choice('Chapter', () => this.#draw());
  #panel = new Panel({ id: 'mistakes', title: 'Read wrong most', controls: [this.#chapters.element] });
  #followed;

  constructor() {
    this.element = this.#panel.element;
    this.#panel.state('loading', 'Reading rows…');
  }

  show(followed) {
    this.#followed = followed;
    this.#chapters.offer(followed.model.keys().map((key) => ({ value: key, text: key })));
    this.#draw();
  }

  #draw() {
    const entry = this.#followed.model.latest(this.#chapters.select.value);
    const words = entry?.row.values?.words ?? [];
    this.#panel.follow(this.#followed, words.length === 0, 'Nothing was read wrong yet.');
    if (!entry) return;
    this.#panel.subtitle(`${month.format(entry.startMs)}, ${count(entry.row.values?.mistakes ?? 0)} mistakes`);
    this.#panel.body(
      bars(
        'Words that were read wrong most',
        words.map(({ value, count: times }) => ({ label: String(value), value: times, text: count(times) })),
      ),
    );
  }
}
