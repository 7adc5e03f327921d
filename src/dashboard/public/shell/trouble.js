import { byId, setHidden, setText } from '../parts/dom.js';
import { duration } from '../parts/format.js';

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });

/** Says when what is shown is old, and how old. */
export class Trouble {
  #goodMs;

  good() {
    this.#goodMs = Date.now();
    setHidden(byId('trouble'), true);
    setText(byId('trouble-text'), '');
    delete document.body.dataset.stale;
  }

  bad(error) {
    const isSilent = error instanceof TypeError || error.name === 'TimeoutError';
    const reason = isSilent ? 'The service does not answer.' : error.message;
    const since = this.#goodMs === undefined ? '' : ` What is shown is of ${clock.format(this.#goodMs)}.`;
    // The age changes with each try: it stands outside what is read aloud.
    setText(byId('trouble-text'), `${reason}${since} Trying again.`);
    setText(
      byId('trouble-age'),
      this.#goodMs === undefined ? '' : `${duration(Math.max(1_000, Date.now() - this.#goodMs))} old`,
    );
    setHidden(byId('trouble'), false);
    document.body.dataset.stale = '';
  }
}
