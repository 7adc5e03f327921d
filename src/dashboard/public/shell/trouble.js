import { byId, setHidden, setText } from '../parts/dom.js';
import { duration } from '../parts/format.js';

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** Says when what is shown is old, and how old. */
export class Trouble {
  #goodMs;

  good() {
    this.#goodMs = Date.now();
    setHidden(byId('trouble'), true);
    delete document.body.dataset.stale;
  }

  bad(error) {
    const isSilent = error instanceof TypeError || error.name === 'TimeoutError';
    const reason = isSilent ? 'The service does not answer.' : error.message;
    setText(byId('trouble'), `${reason} ${this.#age()}Trying again.`);
    setHidden(byId('trouble'), false);
    document.body.dataset.stale = '';
  }

  #age() {
    if (this.#goodMs === undefined) return '';
    const ageMs = Math.max(1_000, Date.now() - this.#goodMs);
    return `What is shown is ${duration(ageMs)} old, of ${clock.format(this.#goodMs)}. `;
  }
}
