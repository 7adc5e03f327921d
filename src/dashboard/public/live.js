const RETRY_MS = 2_000;

/**
 * Follows a pipeline's changed rows. The browser resumes by itself, with the last event's id; where the server refuses
 * that, a new stream is opened, which begins with a snapshot event.
 *
 * `onRestart` is called when rows may have been missed or none is known yet: read them all, from `/rows`.
 */
export class LiveStream {
  #name;
  #handlers;
  #source;
  #timer;

  constructor(name, handlers) {
    this.#name = name;
    this.#handlers = handlers;
    this.#open();
  }

  close() {
    clearTimeout(this.#timer);
    this.#source.close();
  }

  #open() {
    const { onRows, onRestart, onState } = this.#handlers;
    onState('connecting');
    const source = new EventSource(`/v1/pipelines/${encodeURIComponent(this.#name)}/live?limit=0`);
    this.#source = source;
    source.addEventListener('open', () => onState('live'));
    source.addEventListener('snapshot', () => onRestart());
    source.addEventListener('rows', (event) => onRows(JSON.parse(event.data).rows));
    source.addEventListener('error', () => {
      onState('away');
      if (source.readyState !== EventSource.CLOSED) return;
      this.#timer = setTimeout(() => this.#open(), RETRY_MS);
    });
  }
}
