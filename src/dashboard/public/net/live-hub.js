import { EventStream } from './event-stream.js';
import { keyProtocols } from './key.js';

const [RETRY_MS, RETRY_MAX_MS] = [500, 5_000];
/** So often a socket must fail before it was ever open until event streams take its place: some proxies let none through. */
const MAX_FAILURES = 3;

/**
 * Follows any number of pipelines over one WebSocket, and resumes each after its last position when the socket breaks.
 *
 * Handlers of `follow`: `onRows` takes changed rows; `onRestart` is called when rows may have been missed or none is
 * known yet: read them all, from `/rows`; `onRefused` takes the reason when there is nothing to follow.
 */
export class LiveHub {
  #followers = new Map();
  #socket;
  #timer;
  #lastId = 0;
  #failures = 0;
  #wasOpen = false;
  #onState;

  /** `onState` is told `live`, `connecting`, `away` or `none`. */
  constructor(onState) {
    this.#onState = onState;
  }

  /** Returns how to stop. */
  follow({ pipeline, key = {} }, handlers) {
    const id = String(++this.#lastId);
    const follower = { pipeline, key, handlers, at: undefined, stream: undefined };
    this.#followers.set(id, follower);
    if (this.#usesStreams) this.#openStream(follower);
    else if (this.#socket?.readyState === WebSocket.OPEN) this.#subscribe(id, follower);
    else this.#open();
    return () => this.#leave(id);
  }

  /** Begins again, with the key that is known now. */
  reconnect() {
    this.#socket?.close();
  }

  get #usesStreams() {
    return !this.#wasOpen && this.#failures >= MAX_FAILURES;
  }

  #leave(id) {
    this.#followers.get(id)?.stream?.close();
    this.#followers.delete(id);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#say({ op: 'unsubscribe', id });
    if (this.#followers.size === 0) this.#onState('none');
  }

  #open() {
    if (this.#socket || this.#followers.size === 0) return;
    clearTimeout(this.#timer);
    this.#onState('connecting');
    const socket = new WebSocket(`${location.origin.replace(/^http/, 'ws')}/v1/live`, keyProtocols());
    this.#socket = socket;
    socket.addEventListener('open', () => {
      this.#wasOpen = true;
      this.#failures = 0;
      this.#onState(this.#followers.size === 0 ? 'none' : 'live');
      for (const [id, follower] of this.#followers) this.#subscribe(id, follower);
    });
    socket.addEventListener('message', ({ data }) => this.#take(JSON.parse(data)));
    socket.addEventListener('close', () => this.#onClosed());
  }

  #onClosed() {
    this.#socket = undefined;
    this.#failures++;
    if (this.#followers.size === 0) return;
    this.#onState('away');
    if (this.#usesStreams) {
      for (const follower of this.#followers.values()) this.#openStream(follower);
      return;
    }
    const waitMs = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** Math.min(this.#failures, 5));
    this.#timer = setTimeout(() => this.#open(), waitMs);
  }

  #subscribe(id, { pipeline, key, at }) {
    this.#onState('live');
    this.#say({ op: 'subscribe', id, pipeline, key, limit: 0, every: '200ms', ...(at && { after: at }) });
  }

  #say(message) {
    this.#socket.send(JSON.stringify(message));
  }

  #take({ id, event, at, rows, problem }) {
    const follower = this.#followers.get(id);
    if (!follower) return;
    if (at !== undefined) follower.at = at;
    if (event === 'snapshot') follower.handlers.onRestart();
    if (event === 'rows') follower.handlers.onRows(rows);
    if (event === 'ended' || problem?.status === 503) setTimeout(() => this.#again(id), RETRY_MS * 4);
    else if (problem) follower.handlers.onRefused(problem.detail);
  }

  #again(id) {
    const follower = this.#followers.get(id);
    if (follower && this.#socket?.readyState === WebSocket.OPEN) this.#subscribe(id, follower);
  }

  #openStream(follower) {
    follower.stream = new EventStream(follower, (state) => this.#onState(state));
  }
}
