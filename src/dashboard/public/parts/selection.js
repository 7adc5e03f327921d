import { h } from './dom.js';

const COLOURS = 8;
const SHOWN_AT_FIRST = 5;
const MAX_CHIPS = 60;

/** Which keys the chart shows, and in which colour. A key keeps its colour while the page is open. */
export class Selection {
  #chosen = new Set();
  #touched = false;
  #colours = new Map();
  #root;
  #onChange;

  constructor(root, onChange) {
    this.#root = root;
    this.#onChange = onChange;
  }

  /** The chosen of `keys`, in their order. */
  of(keys) {
    return keys.filter((key) => this.#chosen.has(key));
  }

  get colours() {
    return this.#colours;
  }

  reset() {
    this.#chosen.clear();
    this.#colours.clear();
    this.#touched = false;
    this.#root.replaceChildren();
  }

  /** Makes a chip for each key that has none; the first keys are chosen until somebody chooses. */
  update(keys) {
    for (const key of keys) {
      if (!this.#colours.has(key)) this.#colours.set(key, `--series-${(this.#colours.size % COLOURS) + 1}`);
    }
    if (!this.#touched) this.#chosen = new Set(keys.slice(0, SHOWN_AT_FIRST));
    const shown = keys.slice(0, MAX_CHIPS);
    const known = [...this.#root.children].map(({ dataset }) => dataset.key);
    if (known.join('\n') !== shown.join('\n')) this.#root.replaceChildren(...shown.map((key) => this.#chip(key)));
    for (const chip of this.#root.children) chip.setAttribute('aria-pressed', this.#chosen.has(chip.dataset.key));
  }

  #chip(key) {
    const chip = h(
      'button',
      {
        type: 'button',
        class: 'chip',
        'data-key': key,
        title: 'Double-click for this one only',
        'aria-pressed': 'false',
      },
      h('span', { class: 'swatch', 'aria-hidden': 'true' }),
      key,
    );
    chip.style.setProperty('--swatch', `var(${this.#colours.get(key)})`);
    chip.addEventListener('click', () => this.#toggle(key));
    chip.addEventListener('dblclick', () => this.#only(key));
    return chip;
  }

  #toggle(key) {
    this.#touched = true;
    if (!this.#chosen.delete(key)) this.#chosen.add(key);
    this.#onChange();
  }

  #only(key) {
    this.#touched = true;
    this.#chosen = new Set([key]);
    this.#onChange();
  }
}
