import { readRows } from '../net/api.js';
import { isLive } from './pipeline-shape.js';
import { RowModel } from './row-model.js';

/** How often rows are read anew of a pipeline without a live feed, and after a failure. */
const REREAD_MS = 5_000;
const DRAW_MS = 250;

/**
 * The rows of a pipeline, kept up to date until `close`. Rows that come while all are read are merged by revision, so
 * the order of reading does not matter. `onChange` is called at most four times a second.
 */
export class FollowedPipeline {
  model = new RowModel();
  /** Whether not all rows are known yet. */
  isLoading = true;
  /** Why the rows could not be read the last time, or undefined. */
  trouble;
  #pipeline;
  #options;
  #closing = new AbortController();
  #stop;
  #timer;
  #rereadTimer;
  #isReading = false;

  /** `key` asks for rows of one key alone, `query` for some rows of the past (see `/rows`). */
  constructor(pipeline, { hub, key = {}, query = {}, maxPages, onChange }) {
    this.#pipeline = pipeline;
    this.#options = { key, query, maxPages, onChange };
    if (isLive(pipeline)) {
      this.#stop = hub.follow(
        { pipeline: pipeline.name, key },
        {
          onRows: (rows) => this.#merge(rows),
          onRestart: () => void this.#readAll(),
          onRefused: (reason) => this.#fail(reason),
        },
      );
    } else {
      void this.#readAll();
    }
  }

  close() {
    this.#closing.abort();
    this.#stop?.();
    clearTimeout(this.#timer);
    clearTimeout(this.#rereadTimer);
  }

  async #readAll() {
    if (this.#isReading) return;
    this.#isReading = true;
    const { key, query, maxPages } = this.#options;
    const keys = Object.fromEntries(Object.entries(key).map(([name, text]) => [`key.${name}`, text]));
    let again = !isLive(this.#pipeline);
    try {
      await readRows(this.#pipeline.name, {
        onRows: (rows) => this.#merge(rows),
        signal: this.#closing.signal,
        query: { ...keys, ...query },
        ...(maxPages && { maxPages }),
      });
      this.trouble = undefined;
      this.isLoading = false;
    } catch (error) {
      this.trouble = error.message;
      again = true;
    }
    this.#isReading = false;
    if (this.#closing.signal.aborted) return;
    this.#tell();
    if (again) this.#rereadTimer = setTimeout(() => void this.#readAll(), REREAD_MS);
  }

  #fail(reason) {
    this.trouble = reason;
    this.isLoading = false;
    this.#tell();
  }

  #merge(rows) {
    if (!this.#closing.signal.aborted && this.model.merge(rows)) this.#tell();
  }

  #tell() {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#options.onChange(this);
    }, DRAW_MS);
  }
}
