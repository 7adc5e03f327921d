import { candles } from './candles.js';
import { h } from './dom.js';
import { quantity } from './format.js';
import uPlot from '../vendor/uPlot.esm.js';

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

/**
 * Draws columns over time. `show` is cheap when only values have changed. Its spec:
 * - `columns`: x in seconds, then one column for each of `series`;
 * - `series`: `label`, `colour` (the name of a CSS variable), `unit`; `edge` for one that only bounds a band, `hidden` for
 *   one that something else draws;
 * - `band`: the numbers of the columns of its greatest and least values, and `colour`;
 * - `candles`: whether columns 1 to 4 are open, high, low and close;
 * - `zone` and `moment` for times, `format` for values, `axisFormat` for those beside the axis, `fromZero` for heights that are compared.
 */
export class Plot {
  #root;
  #plot;
  #drawn = '';
  #spec;
  #tip = h('div', { class: 'tip', hidden: true });
  #observer;
  #scheme = matchMedia('(prefers-color-scheme: dark)');

  constructor(root) {
    this.#root = root;
    this.#observer = new ResizeObserver(() => this.#fit());
    this.#observer.observe(root);
    this.#scheme.addEventListener('change', this.#redraw);
  }

  show(spec) {
    this.#spec = spec;
    const { columns, series, band, zone, candles: hasCandles } = spec;
    const identity = JSON.stringify([series, band, zone, hasCandles, spec.span, columns[0].length > 0]);
    if (identity === this.#drawn) {
      this.#plot.setData(columns, !this.#isZoomed());
      return;
    }
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#options(spec), columns, this.#root);
    this.#plot.over.append(this.#tip);
    this.#drawn = identity;
  }

  clear() {
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#spec = undefined;
    this.#drawn = '';
  }

  close() {
    this.clear();
    this.#observer.disconnect();
    this.#scheme.removeEventListener('change', this.#redraw);
  }

  /** Colours are drawn, so another scheme needs another drawing. */
  #redraw = () => {
    this.#drawn = '';
    if (this.#spec) this.show(this.#spec);
  };

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

  #options({ series, band, zone, candles: hasCandles, fromZero = true, axisFormat }) {
    const axis = {
      stroke: colourOf('--muted'),
      font: AXIS_FONT,
      grid: { stroke: colourOf('--line'), width: 1 },
      ticks: { show: false },
    };
    return {
      ...this.#size(),
      tzDate: (seconds) => (zone ? uPlot.tzDate(new Date(seconds * 1000), zone) : new Date(seconds * 1000)),
      legend: { show: false },
      padding: [12, 30, 0, 0],
      cursor: { points: { size: 7, show: !hasCandles }, y: false },
      scales: {
        x: { range: (plot, min, max) => xRange(plot.data[0], min, max, hasCandles) },
        y: { range: (_plot, min, max) => yRange(min, max, fromZero) },
      },
      axes: [
        { ...axis, space: 72, values: X_TEXTS },
        { ...axis, ...(axisFormat ? { size: 76, values: (_plot, ticks) => ticks.map(axisFormat) } : { size: 58 }) },
      ],
      series: [{}, ...series.map(lineOf)],
      bands: band ? [{ series: [band.high, band.low], fill: mixed(colourOf(band.colour), 18) }] : [],
      plugins: hasCandles ? [candles(colourOf('--good'), colourOf('--bad'))] : [],
      hooks: { setCursor: [(plot) => this.#showTip(plot)] },
    };
  }

  #showTip(plot) {
    const { idx, left } = plot.cursor;
    const { moment, tip = linesOf } = this.#spec;
    const seconds = idx === null || idx === undefined || left < 0 ? undefined : plot.data[0][idx];
    this.#tip.hidden = seconds === undefined;
    if (seconds === undefined) return;
    this.#tip.replaceChildren(h('strong', {}, moment(seconds * 1000)), ...tip(this.#spec, idx).map(tipLine));
    const isRight = left > plot.over.clientWidth / 2;
    this.#tip.style.left = isRight ? '' : `${left + 14}px`;
    this.#tip.style.right = isRight ? `${plot.over.clientWidth - left + 14}px` : '';
  }
}

const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const mixed = (colour, percent) => `color-mix(in srgb, ${colour} ${percent}%, transparent)`;

function lineOf({ label, colour, edge, hidden, dash }) {
  if (hidden) return { paths: () => null, points: { show: false } };
  if (edge) return { stroke: 'transparent', width: 0, points: { show: false } };
  return { label, stroke: colourOf(colour), width: 1.75, points: { size: 5 }, spanGaps: true, ...(dash && { dash }) };
}

/** What the tip says of a moment: the value of each line that has one. */
function linesOf({ columns, series, format = quantity }, idx) {
  return series.flatMap(({ label, colour, unit = '' }, i) => {
    const value = columns[i + 1][idx];
    return value === null || value === undefined ? [] : [{ colour, label, text: `${format(value)} ${unit}`.trim() }];
  });
}

function tipLine({ colour, label, text }) {
  const swatch = h('span', { class: 'swatch' });
  if (colour) swatch.style.background = `var(${colour})`;
  return h('div', {}, swatch, h('span', {}, label), h('span', {}, text));
}

/** Room for half a candle at both ends. A moment alone stands in the middle: uPlot would give it three years. */
function xRange(times, min, max, hasCandles) {
  if (times.length === 0) return [0, DAY_S];
  if (times.length === 1) {
    const room = hasCandles ? 10 * MINUTE_S : DAY_S / 2;
    return [times[0] - room, times[0] + room];
  }
  const room = hasCandles ? (max - min) * 0.008 || 30 : 0;
  return [min - room, max + room];
}

/** From zero where values have one sign and heights are compared; else close around them. */
function yRange(min, max, fromZero) {
  if (min === null || min === undefined) return [0, 1];
  if (!fromZero) {
    const room = (max - min) * 0.08 || Math.abs(max) * 0.01 || 1;
    return [min - room, max + room];
  }
  const room = (max - Math.min(0, min)) * 0.06 || 1;
  return [min < 0 ? min - room : 0, max > 0 ? max + room : 0];
}
