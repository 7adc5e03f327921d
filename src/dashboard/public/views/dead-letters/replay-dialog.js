import { h } from '../../parts/dom.js';
import { count } from '../../parts/format.js';
import { postJson } from '../../net/api.js';

/** Asks before letters are sent again, and how they are put right. */
export class ReplayDialog {
  #what = h('p');
  #patch = h('textarea', { id: 'patch', rows: '4', spellcheck: 'false', placeholder: '{"pm25": null}' });
  #again = h('input', { id: 'again', type: 'checkbox' });
  #trouble = h('p', { class: 'field-trouble', role: 'alert', hidden: true });
  #submit = h('button', { type: 'submit', class: 'primary' }, 'Replay');
  #onReplayed;
  #body;

  /** `onReplayed` is told in a sentence what was done. */
  constructor(onReplayed) {
    this.#onReplayed = onReplayed;
    const form = h(
      'form',
      { class: 'form', onsubmit: (event) => this.#send(event) },
      h('h2', { id: 'replay-title' }, 'Replay'),
      this.#what,
      h(
        'label',
        { class: 'stacked', for: 'patch' },
        'Put each value right with a JSON merge patch, if need be',
        this.#patch,
      ),
      h('label', { class: 'check', for: 'again' }, this.#again, 'Also those that an earlier call may have sent'),
      this.#trouble,
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', onclick: () => this.element.close() }, 'Cancel'),
        this.#submit,
      ),
    );
    this.element = h('dialog', { 'aria-labelledby': 'replay-title' }, form);
  }

  /** All letters of a pipeline, those of one reason, or one letter. */
  ask({ pipeline, reason, letter }) {
    this.#body = { pipeline, ...(reason && { reason }), ...(letter && placeOf(letter)) };
    const which = letter ? 'This letter goes' : reason ? `All letters with the reason ${reason} go` : 'All letters go';
    const topic = letter?.source.topic;
    this.#what.textContent = `${which} to ${topic ?? `the source topic of ${pipeline}`} again. Each is sent once, however often you ask.`;
    this.#trouble.hidden = true;
    this.element.showModal();
  }

  async #send(event) {
    event.preventDefault();
    const patch = this.#readPatch();
    if (patch === false) return;
    this.#submit.disabled = true;
    try {
      const done = await postJson('/v1/dead-letters:replay', {
        ...this.#body,
        ...(patch && { patch }),
        ...(this.#again.checked && { again: true }),
      });
      this.element.close();
      this.#onReplayed(told(done));
    } catch (error) {
      this.#complain(error.message);
    } finally {
      this.#submit.disabled = false;
    }
  }

  /** False when what was typed is no JSON object. */
  #readPatch() {
    const text = this.#patch.value.trim();
    if (text === '') return undefined;
    try {
      const patch = JSON.parse(text);
      if (typeof patch === 'object' && patch !== null && !Array.isArray(patch)) return patch;
    } catch {
      // Told below, as for any other text that is no object.
    }
    this.#complain('The patch is no JSON object, such as {"pm25": null}.');
    return false;
  }

  #complain(text) {
    this.#trouble.textContent = text;
    this.#trouble.hidden = false;
  }
}

/** The API takes letters by when they were written and by key: that names one, or a few of one millisecond. */
function placeOf({ written, key, keyEncoding }) {
  const ms = Date.parse(written);
  return { from: ms, to: ms + 1, ...(key !== null && !keyEncoding && { key }) };
}

function told({ replayed, released, before, inDoubt, gone, notPatched, notPatchedBecause, more }) {
  const rest = [
    [before, 'replayed before'],
    [inDoubt, 'perhaps sent before'],
    [gone, 'gone from the source'],
    [notPatched, 'not patched'],
  ].filter(([number]) => number > 0);
  const left = rest.length ? `; left out: ${rest.map(([number, why]) => `${count(number)} ${why}`).join(', ')}` : '';
  const sent = `${count(replayed)} replayed${released > 0 ? `, ${count(released)} of parked keys released` : ''}`;
  const because = notPatchedBecause ? ` Not patched: ${notPatchedBecause}.` : '';
  return `${sent}${left}.${because}${more ? ' There are more: replay again.' : ''}`;
}
