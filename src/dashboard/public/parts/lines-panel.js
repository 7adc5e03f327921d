import { columnsOf } from '../model/series.js';
import { Chart } from './chart.js';
import { h } from './dom.js';
import { count, momentFormat } from './format.js';
import { Panel } from './panel.js';
import { choice, segments } from './segments.js';
import { Selection } from './selection.js';

/**
 * A chart of one measure of many keys, with its choices: measure, span, keys.
 *
 * Options: `label` names it; `measures` are `name`, `title`, `unit`, `value(values)` and perhaps `low` and `high`, which
 * read the bounds of its band; `spans` are `windows` (undefined for all) and `text`, `span` is the one chosen at first;
 * `windowNames` of one and many; `zone`, `zoneText`, `isDaily`, `emptyText`, `fromZero`, and `at` as `columnsOf` has it.
 */
export class LinesPanel {
  #options;
  #measure;
  #span;
  #followed;
  #chart;
  #panel;
  #selection;

  constructor(options) {
    this.#options = options;
    this.#measure = options.measures[0];
    this.#span = options.span ?? options.spans[0]?.windows;
    const keys = h('div', { class: 'chips', role: 'group', 'aria-label': `Lines of ${options.label}` });
    this.#selection = new Selection(keys, () => this.#draw());
    this.#chart = new Chart(options.label);
    this.#panel = new Panel({
      id: options.id,
      title: this.#measure?.title ?? 'Rows',
      controls: [...(options.measures.length > 1 ? [this.#measureChoice()] : []), this.#spanChoice()],
      body: [keys, this.#chart.element],
    });
    this.element = this.#panel.element;
  }

  /** Draws what is known of the rows now. */
  show(followed) {
    this.#followed = followed;
    this.#draw();
  }

  close() {
    this.#chart.close();
  }

  #measureChoice() {
    const { measures } = this.#options;
    const offered = choice('Show', (name) => {
      this.#measure = measures.find((measure) => measure.name === name);
      this.#draw();
    });
    offered.offer(measures.map(({ name }) => ({ value: name, text: name })));
    return offered.element;
  }

  #spanChoice() {
    const choices = this.#options.spans.map(({ windows, text }) => ({ value: windows, text }));
    return segments('Span', choices, this.#span, (span) => {
      this.#span = span;
      this.#draw();
    });
  }

  #draw() {
    const keys = this.#followed?.model.keys() ?? [];
    this.#selection.update(keys);
    const isEmpty = keys.length === 0 || !this.#measure;
    this.#panel.follow(this.#followed, isEmpty, this.#options.emptyText);
    if (isEmpty) return;
    const { windowNames, zone, zoneText = zone } = this.#options;
    const chosen = this.#selection.of(keys);
    const { name, title, unit } = this.#measure;
    const spec = this.#spec(chosen);
    const windows = spec.columns[0].length;
    const windowText = `${count(windows)} ${windowNames[windows === 1 ? 0 : 1]}`;
    this.#panel.title(title);
    const parts = [unit, windowText, zoneText, ...(spec.band ? ['band from least to greatest'] : [])];
    this.#panel.subtitle(parts.filter(Boolean).join(' · '));
    const what = chosen.length > 0 ? `of ${chosen.join(', ')}` : 'of nothing: choose a line above';
    this.#chart.show({ ...spec, summary: `${name}, ${windowText}, ${what}` });
  }

  #spec(keys) {
    const { model } = this.#followed;
    const { zone, isDaily, fromZero, at } = this.#options;
    const { value, high, low, unit, name } = this.#measure;
    const hasBand = keys.length === 1 && high && low;
    const reads = hasBand ? [value, high, low] : [value];
    const names = ['', 'greatest', 'least'];
    const lines = keys.flatMap((key) =>
      reads.map((read, i) => ({ key, i, entries: model.rowsOf(key), value: read, at })),
    );
    const colours = this.#selection.colours;
    return {
      columns: columnsOf(lines, this.#span),
      series: lines.map(({ key, i }) => ({
        label: names[i] || key,
        colour: colours.get(key),
        unit,
        ...(i > 0 && { edge: true }),
      })),
      ...(hasBand && { band: { high: 2, low: 3, colour: colours.get(keys[0]) } }),
      span: `${name} ${this.#span}`,
      zone,
      fromZero,
      moment: momentFormat(zone, isDaily),
    };
  }
}
