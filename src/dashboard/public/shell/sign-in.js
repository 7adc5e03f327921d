import { byId, setText } from '../parts/dom.js';
import { forgetKey, keepKey, readKey } from '../net/key.js';

/** Asks for an API key where the service wants one. It is kept for this tab alone. */
export class SignIn {
  #dialog = byId('sign-in');
  #field = byId('key');

  /** `onKey` is called when there is a new key to try, or none any more. */
  constructor(onKey) {
    byId('sign-in-form').addEventListener('submit', (event) => {
      event.preventDefault();
      keepKey(this.#field.value.trim());
      this.#field.value = '';
      this.#dialog.close();
      this.#showSignOut();
      onKey();
    });
    byId('sign-out').addEventListener('click', () => {
      forgetKey();
      this.#showSignOut();
      onKey();
    });
    this.#showSignOut();
  }

  /** The service refused what was asked without a key, or with a wrong one. */
  ask() {
    if (this.#dialog.open) return;
    setText(
      byId('sign-in-text'),
      readKey() === undefined ? 'This service asks for an API key.' : 'This key is not known to the service.',
    );
    this.#dialog.showModal();
  }

  #showSignOut() {
    byId('sign-out').hidden = readKey() === undefined;
  }
}
