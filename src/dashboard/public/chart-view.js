import { columnsOf } from './chart-data.js';
import { h } from './dom.js';
import { quantity } from './format.js';
import uPlot from './vendor/uPlot.esm.js';

const HEIGHT = 340;
const HEIGHT_ON_PHONES = 260;
const AXIS_FONT = '12px system-ui, sans-serif';
const [MINUTE_S, DAY_S] = [60, 86_400];
/** What a tick says, by the least distance between ticks; the year below where it changes. */
const X_TEXTS = [
  [365 * DAY_S, '{YYYY}', null, null, null, null, null, null, 1],
  [28 * DAY_S, '{MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [DAY_S, '{D} {MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [MINUTE_S, '{HH}:{mm}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
];

/** Draws lines of one measure. `show` is cheap when only values have changed. */
export class ChartView {
  #root;
  #plot;
  #drawn = '';
  #spec;
  #tip = h('div', { class: 'tip', hidden: true });

  constructor(root) {
    this.#root = root;
    new ResizeObserver(() => this.#fit()).observe(root);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      this.#drawn = '';
      if (this.#spec) this.show(this.#spec);
    });
  }

  /** `spec`: model, keys, colours by key, measure, band, limit, zone, moment. Returns the number of windows shown. */
  show(spec) {
    this.#spec = spec;
    const columns = columnsOf(spec.model, spec);
    const identity = JSON.stringify([
      spec.keys,
      spec.measure.name,
      spec.band,
      spec.zone,
      spec.limit,
      columns[0].length > 0,
    ]);
    if (identity === this.#drawn) {
      this.#plot.setData(columns, !this.#isZoomed());
    } else {
      this.#plot?.destroy();
      this.#plot = new uPlot(this.#options(spec), columns, this.#root);
      this.#plot.over.append(this.#tip);
      this.#drawn = identity;
    }
    return columns[0].length;
  }

  clear() {
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#spec = undefined;
    this.#drawn = '';
  }

  #size() {
    return { width: Math.max(240, this.#root.clientWidth), height: innerWidth <= 640 ? HEIGHT_ON_PHONES : HEIGHT };
  }

  #fit() {
    const size = this.#size();
    this.#root.style.height = `${size.height}px`;
    if (this.#plot && this.#root.clientWidth > 0) this.#plot.setSize(size);
  }

  /** Dragging over the chart zooms, a double click shows all again; new values must not undo that. */
  #isZoomed() {
    const { min, max } = this.#plot.scales.x;
    const xs = this.#plot.data[0];
    return min > xs[0] || max < xs.at(-1);
  }

  #options({ keys, colours, band, zone }) {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--muted'),
      font: AXIS_FONT,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    const line = (key) => ({ label: key, stroke: colour(colours.get(key)), width: 1.75, points: { size: 5 } });
    const hasBand = keys.length === 1 && band;
    const edge = { stroke: 'transparent', width: 0, points: { show: false } };
    const only = hasBand ? colour(colours.get(keys[0])) : undefined;
    return {
      ...this.#size(),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), zone),
      legend: { show: false },
      padding: [12, 8, 0, 0],
      cursor: { points: { size: 7 }, y: false },
      scales: { y: { range: (_plot, min, max) => yRange(min, max) } },
      axes: [
        { ...axis, space: 72, values: X_TEXTS },
        { ...axis, size: 48 },
      ],
      series: [{}, ...(hasBand ? [line(keys[0]), edge, edge] : keys.map(line))],
      bands: hasBand ? [{ series: [2, 3], fill: `color-mix(in srgb, ${only} 18%, transparent)` }] : [],
      hooks: { setCursor: [(plot) => this.#showTip(plot)] },
    };
  }

  #showTip(plot) {
    const { idx, left } = plot.cursor;
    const { keys, colours, measure, moment, band } = this.#spec;
    const seconds = idx === null || idx === undefined || left < 0 ? undefined : plot.data[0][idx];
    this.#tip.hidden = seconds === undefined;
    if (seconds === undefined) return;
    const hasBand = keys.length === 1 && band;
    const lines = keys.flatMap((key, i) => {
      const value = plot.data[hasBand ? 1 : i + 1][idx];
      return value === null ? [] : [tipLine(colours.get(key), key, `${quantity(value)} ${measure.unit}`)];
    });
    if (hasBand) lines.push(tipLine(undefined, 'Range', rangeText(plot.data, idx)));
    this.#tip.replaceChildren(h('strong', {}, moment(seconds * 1000)), ...lines);
    const isRight = left > plot.over.clientWidth / 2;
    this.#tip.style.left = isRight ? '' : `${left + 14}px`;
    this.#tip.style.right = isRight ? `${plot.over.clientWidth - left + 14}px` : '';
  }
}

const rangeText = (data, idx) => `${quantity(data[3][idx])} – ${quantity(data[2][idx])}`;

function tipLine(colour, name, text) {
  const swatch = h('span', { class: 'swatch' });
  if (colour) swatch.style.background = `var(${colour})`;
  return h('div', {}, swatch, h('span', {}, name), h('span', {}, text));
}

/** From zero where values have one sign, because heights are compared. */
function yRange(min, max) {
  if (min === null || min === undefined) return [0, 1];
  const room = (max - Math.min(0, min)) * 0.06 || 1;
  return [min < 0 ? min - room : 0, max > 0 ? max + room : 0];
}
