import { h, svg } from './dom.js';

/** One number with its name and a note; `tone` is `warn` or `bad`. */
export function figure(label, { value, unit, tone }, note = '') {
  return h(
    'div',
    { class: 'figure', 'data-tone': tone },
    h('dt', {}, label),
    h('dd', { class: 'value' }, value, unit ? h('span', { class: 'unit' }, unit) : undefined),
    h('dd', { class: 'note' }, note),
  );
}

export function figures(label, ...children) {
  return h('section', { 'aria-label': label }, h('dl', { class: 'figures' }, ...children));
}

/** The last values as a line without axes; a number beside it says the same. */
export function spark(history, width = 59) {
  const top = Math.max(1, ...history);
  const from = width + 1 - history.length;
  const points = history.map((value, i) => `${from + i},${(19 - (value / top) * 18).toFixed(2)}`);
  return svg(
    'svg',
    { class: 'spark', viewBox: `0 0 ${width} 20`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('path', { d: points.length > 1 ? `M${points.join('L')}` : '' }),
  );
}
