import { h } from './dom.js';

/** A choice among few. `choices`: value and text. */
export function segments(label, choices, chosen, onChoose) {
  const buttons = choices.map(({ value, text }) =>
    h(
      'button',
      {
        type: 'button',
        'aria-pressed': String(value === chosen),
        onclick: () => {
          buttons.forEach((button, i) => button.setAttribute('aria-pressed', String(choices[i].value === value)));
          onChoose(value);
        },
      },
      text,
    ),
  );
  return h('div', { class: 'segments', role: 'group', 'aria-label': label }, ...buttons);
}

let lastId = 0;

/** A choice among many. */
export function choice(label, onChoose) {
  const id = `choice-${++lastId}`;
  const select = h('select', { id, onchange: () => onChoose(select.value) });
  return {
    element: h('label', { class: 'field', for: id }, h('span', {}, label), select),
    select,
    /** Offers `options` (value and text); keeps the choice if it is still there. */
    offer(options, chosen = select.value) {
      const signature = JSON.stringify(options);
      if (select.dataset.signature !== signature) {
        select.dataset.signature = signature;
        select.replaceChildren(...options.map(({ value, text }) => h('option', { value }, text)));
      }
      if (options.some(({ value }) => value === chosen)) select.value = chosen;
      return select.value;
    },
  };
}
