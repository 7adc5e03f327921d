import { h, setHidden, setText } from './dom.js';

let lastId = 0;

/**
 * A titled part of a view, with its states. `body` is shown while there is something to show; else a text says that it
 * is being read, that there is nothing yet, or what went wrong.
 */
export class Panel {
  #title;
  #subtitle;
  #message;
  #body;

  constructor({ title, subtitle = '', controls = [], body = [], wide = false, id }) {
    const titleId = `panel-${++lastId}`;
    this.titleId = titleId;
    this.#title = h('h2', { id: titleId }, title);
    this.#subtitle = h('p', { class: 'hint' }, subtitle);
    this.#message = h('p', { class: 'panel-message', role: 'status', hidden: true });
    this.#body = h('div', { class: 'panel-body' }, ...body);
    this.element = h(
      'section',
      { class: wide ? 'panel wide' : 'panel', 'aria-labelledby': titleId, id },
      h(
        'div',
        { class: 'panel-head' },
        h('div', {}, this.#title, this.#subtitle),
        ...(controls.length ? [h('div', { class: 'controls' }, ...controls)] : []),
      ),
      this.#message,
      this.#body,
    );
  }

  title(text) {
    setText(this.#title, text);
  }

  subtitle(text) {
    setText(this.#subtitle, text);
  }

  body(...children) {
    this.#body.replaceChildren(...children);
  }

  /** `state`: ready, loading, empty or error; all but ready with a text that stands in place of the body. */
  state(state, text = '') {
    this.element.dataset.state = state;
    setHidden(this.#body, state !== 'ready');
    setHidden(this.#message, state === 'ready');
    setText(this.#message, text);
  }

  /** The state of rows that are followed: `isEmpty` says whether none is there. */
  follow(followed, isEmpty, emptyText) {
    if (!isEmpty) this.state('ready');
    else if (followed?.trouble) this.state('error', followed.trouble);
    else if (!followed || followed.isLoading) this.state('loading', 'Reading rows…');
    else this.state('empty', emptyText);
  }
}
