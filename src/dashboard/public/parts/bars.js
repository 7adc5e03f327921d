import { h } from './dom.js';

/** A list of named amounts, with bars that compare them: `{label, value, text, note, tone}`. */
export function bars(label, items) {
  const top = Math.max(...items.map(({ value }) => Math.abs(value)), Number.MIN_VALUE);
  return h(
    'ol',
    { class: 'bars', 'aria-label': label },
    ...items.map(({ label: name, value, text, note, tone }) => {
      const bar = h('span', { class: 'bar-fill', 'data-tone': tone, 'aria-hidden': 'true' });
      bar.style.width = `${(Math.abs(value) / top) * 100}%`;
      return h(
        'li',
        {},
        h('span', { class: 'bar-name' }, name, note ? h('small', {}, note) : undefined),
        h('span', { class: 'bar-value' }, text),
        h('span', { class: 'bar-track' }, bar),
      );
    }),
  );
}
