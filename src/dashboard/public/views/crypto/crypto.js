import { viewHead } from '../../parts/dom.js';
import { FollowedPipeline } from '../../model/followed-pipeline.js';
import { runningByName } from '../../model/pipeline-shape.js';
import { CandlePanel } from './candle-panel.js';
import { MoversPanel } from './movers-panel.js';

/** Candles of one coin, and how all of them moved in their last 24 hours. */
export class CryptoView {
  #candles;
  #movers = new MoversPanel();
  #followed;

  constructor(root, { hub, pipelines }) {
    const running = runningByName(pipelines);
    this.#candles = new CandlePanel(running, hub);
    root.append(viewHead('Crypto prices', 'Prices in US dollars, as they were polled.'), this.#candles.element);
    const change = running.get('crypto-change-24h');
    if (!change) return;
    root.append(this.#movers.element);
    this.#followed = new FollowedPipeline(change, {
      hub,
      onChange: (followed) => {
        this.#movers.show(followed);
        this.#candles.offer(followed.model.latestRows());
      },
    });
  }

  close() {
    this.#followed?.close();
    this.#candles.close();
  }

  update() {
    // The rows come by themselves.
  }
}
