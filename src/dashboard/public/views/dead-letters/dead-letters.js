import { h, viewHead } from '../../parts/dom.js';
import { count } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { choice } from '../../parts/segments.js';
import { getJson } from '../../net/api.js';
import { letterItem } from './letter-item.js';
import { ReplayDialog } from './replay-dialog.js';

const PAGE = 50;

/** What could not be processed, why, and a way to send it again. */
export class DeadLettersView {
  #pipelines = choice('Pipeline', (name) => this.#choose({ name, reason: '' }));
  #reasons = choice('Reason', (reason) => this.#choose({ name: this.#name, reason }));
  #replayButton = h('button', { type: 'button', class: 'primary', onclick: () => this.#askReplay() }, 'Replay…');
  #more = h('button', { type: 'button', hidden: true, onclick: () => void this.#read(this.#cursor) }, 'Older ones');
  #list = h('ol', { class: 'letters' });
  #panel = new Panel({
    title: 'Letters',
    controls: [this.#pipelines.element, this.#reasons.element, this.#replayButton],
    body: [this.#list, this.#more],
  });
  #told = h('p', { class: 'told', role: 'status', hidden: true });
  #dialog = new ReplayDialog((told) => this.#onReplayed(told));
  #name;
  #reason = '';
  #letters = [];
  #cursor;
  #dead = new Map();
  #asking = new AbortController();

  constructor(root, { pipelines, argument }) {
    root.append(
      viewHead(
        'Dead letters',
        'Records that a pipeline could not process. None of them stops it; each can be sent again.',
      ),
      this.#told,
      this.#panel.element,
      this.#dialog.element,
    );
    this.#name = argument;
    this.update(pipelines);
  }

  close() {
    this.#asking.abort();
  }

  update(pipelines) {
    const runnable = pipelines.filter(({ totals }) => totals);
    const sorted = [...runnable].sort((a, b) => b.totals.dead - a.totals.dead);
    const before = this.#dead.get(this.#name);
    this.#dead = new Map(sorted.map(({ name, totals }) => [name, totals.dead]));
    if (sorted.length === 0) {
      this.#panel.state('empty', 'There is no pipeline.');
      return;
    }
    const isNew = !this.#dead.has(this.#name);
    if (isNew) this.#name = sorted[0].name;
    this.#pipelines.offer(
      runnable.map(({ name, totals }) => ({ value: name, text: `${name} (${count(totals.dead)})` })),
      this.#name,
    );
    if (isNew || before === undefined || before !== this.#dead.get(this.#name)) void this.#read();
  }

  #choose({ name, reason }) {
    this.#name = name;
    this.#reason = reason;
    void this.#read();
  }

  /** From `cursor` on, or anew. */
  async #read(cursor) {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    const query = new URLSearchParams({
      ...{ pipeline: this.#name, limit: String(PAGE) },
      ...(this.#reason && { reason: this.#reason }),
      ...(cursor && { cursor }),
    });
    if (this.#letters.length === 0) this.#panel.state('loading', 'Reading…');
    try {
      const page = await getJson(`/v1/dead-letters?${query}`, signal);
      this.#letters = cursor ? [...this.#letters, ...page.letters] : page.letters;
      this.#cursor = page.cursor;
      this.#draw();
    } catch (error) {
      if (!signal.aborted) this.#panel.state('error', error.message);
    }
  }

  #draw() {
    const reasons = [...new Set([this.#reason, ...this.#letters.map(({ reason }) => reason)].filter(Boolean))].sort();
    this.#reasons.offer(
      [{ value: '', text: 'all' }, ...reasons.map((reason) => ({ value: reason, text: reason }))],
      this.#reason,
    );
    const isEmpty = this.#letters.length === 0;
    this.#replayButton.disabled = isEmpty;
    this.#more.hidden = !this.#cursor;
    this.#panel.subtitle(isEmpty ? '' : `${count(this.#letters.length)} shown, the newest first`);
    this.#panel.state(isEmpty && !this.#cursor ? 'empty' : 'ready', 'None. Nothing that came was unreadable.');
    this.#list.replaceChildren(...this.#letters.map((letter) => letterItem(letter, () => this.#askReplay(letter))));
  }

  #askReplay(letter) {
    this.#told.hidden = true;
    this.#dialog.ask({ pipeline: this.#name, reason: this.#reason, letter });
  }

  #onReplayed(told) {
    this.#told.textContent = told;
    this.#told.hidden = false;
    void this.#read();
  }
}
