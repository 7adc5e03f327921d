import { h } from '../../parts/dom.js';
import { count, momentFormat, quantity } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { getPicture } from '../../net/api.js';

const PICTURE_MS = 3_000;
const SECONDS = 10;
const moment = momentFormat(undefined, false);

/** What each camera sent in its newest ten seconds, and its newest frame. */
export class CamerasPanel {
  #tiles = h('ul', { class: 'tiles', 'aria-label': 'Cameras' });
  #panel = new Panel({ id: 'cameras', title: 'Cameras', subtitle: 'Their newest ten seconds', body: [this.#tiles] });
  #cameras = new Map();
  #closing = new AbortController();
  #timer;

  constructor() {
    this.element = this.#panel.element;
  }

  close() {
    this.#closing.abort();
    clearTimeout(this.#timer);
  }

  show(followed) {
    const rows = followed?.model.latestRows() ?? [];
    this.#panel.follow(followed, rows.length === 0, 'No camera has sent a frame yet.');
    if (rows.length > 0) this.#timer ??= setTimeout(() => void this.#look(), 0);
    for (const { key, startMs, row } of rows) {
      const camera = this.#cameraOf(key);
      camera.text.replaceChildren(...textsOf(row.values ?? {}, startMs));
    }
  }

  #cameraOf(key) {
    let camera = this.#cameras.get(key);
    if (!camera) {
      camera = { picture: h('img', { class: 'frame', alt: `Newest frame of ${key}`, hidden: true }), text: h('div') };
      this.#cameras.set(key, camera);
      this.#tiles.append(h('li', { class: 'tile plain' }, camera.picture, h('h3', {}, key), camera.text));
    }
    return camera;
  }

  async #look() {
    for (const [key, { picture }] of this.#cameras) {
      const url = await getPicture(`/v1/cameras/${encodeURIComponent(key)}/latest.jpg`, this.#closing.signal).catch(
        () => undefined,
      );
      if (url) picture.src = url;
      picture.hidden = !url;
    }
    if (!this.#closing.signal.aborted) this.#timer = setTimeout(() => void this.#look(), PICTURE_MS);
  }
}

function textsOf({ frames = 0, numbers, motion, width, height }, startMs) {
  // As the table `cameras.activity` has it.
  const missing = Math.max(0, (numbers ?? 0) + 1 - frames);
  return [
    h(
      'p',
      {},
      `${(frames / SECONDS).toFixed(1)} frames/s, ${missing > 0 ? `${count(missing)} missing` : 'none missing'}`,
    ),
    h('p', { class: 'hint' }, `Motion ${quantity(motion)}${width ? `, ${width} × ${height}` : ''}`),
    h('p', { class: 'hint' }, moment(startMs)),
  ];
}
