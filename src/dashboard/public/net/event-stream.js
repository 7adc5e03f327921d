import { keyHeaders } from './key.js';

const RETRY_MS = 1_000;

/**
 * Follows one pipeline over server-sent events, where WebSockets do not get through. Read with `fetch`, because the
 * browser's own EventSource cannot send an API key; resumes with `Last-Event-ID`.
 */
export class EventStream {
  #follower;
  #onState;
  #closing = new AbortController();

  constructor(follower, onState) {
    this.#follower = follower;
    this.#onState = onState;
    void this.#follow();
  }

  close() {
    this.#closing.abort();
  }

  async #follow() {
    while (!this.#closing.signal.aborted) {
      try {
        if (!(await this.#read())) return;
      } catch {
        // Cut, or nobody answers: what came before stays true, and it is asked again.
      }
      if (this.#closing.signal.aborted) return;
      this.#onState('away');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** To the end of the stream. False when there is nothing to follow. */
  async #read() {
    const { pipeline, key, at, handlers } = this.#follower;
    const keys = Object.entries(key).map(([name, text]) => [`key.${name}`, text]);
    const query = new URLSearchParams([['limit', '0'], ['every', '200ms'], ...keys]);
    const response = await fetch(`/v1/pipelines/${encodeURIComponent(pipeline)}/live?${query}`, {
      headers: { ...keyHeaders(), ...(at && { 'Last-Event-ID': at }) },
      signal: this.#closing.signal,
    });
    if (response.status === 404 || response.status === 409) {
      handlers.onRefused((await response.json()).detail);
      return false;
    }
    if (!response.ok) return true;
    this.#onState('live');
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + text).split('\n\n');
      rest = blocks.pop();
      for (const block of blocks) this.#take(block);
    }
    return true;
  }

  #take(block) {
    const fields = new Map(block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]));
    this.#follower.at = fields.get('id') ?? this.#follower.at;
    if (fields.get('event') === 'snapshot') this.#follower.handlers.onRestart();
    if (fields.get('event') === 'rows') this.#follower.handlers.onRows(JSON.parse(fields.get('data')).rows);
  }
}
