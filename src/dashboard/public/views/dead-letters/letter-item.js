import { h } from '../../parts/dom.js';
import { count, momentFormat } from '../../parts/format.js';

const moment = momentFormat(undefined, false);

/** One letter: what is wrong, and, unfolded, the record itself. */
export function letterItem(letter, onReplay) {
  const { reason, message, source, written, key } = letter;
  return h(
    'li',
    { class: 'letter' },
    h(
      'div',
      { class: 'letter-head' },
      h('span', { class: 'badge' }, reason),
      h('span', { class: 'quiet' }, `${source.topic} ${source.partition}:${source.offset}`),
      h('time', { class: 'quiet', datetime: written }, moment(Date.parse(written))),
      h(
        'button',
        { type: 'button', 'aria-label': `Replay ${source.partition}:${source.offset}`, onclick: onReplay },
        'Replay',
      ),
    ),
    h('p', { class: 'letter-message' }, message),
    h(
      'details',
      {},
      h(
        'summary',
        {},
        key === null ? 'Record without a key' : `Record of ${letter.keyEncoding ? 'a binary key' : key}`,
      ),
      h('pre', { tabindex: '0' }, valueText(letter)),
    ),
  );
}

function valueText({ value, valueEncoding, valueBytes, shortened }) {
  if (shortened) return 'Too large for the topic of dead letters: the record is in its source alone.';
  if (value === null) return 'No value.';
  const more = valueBytes === undefined ? '' : `\n… ${count(valueBytes)} bytes in all`;
  return `${valueEncoding ? `${valueEncoding}: ` : ''}${value}${more}`;
}
