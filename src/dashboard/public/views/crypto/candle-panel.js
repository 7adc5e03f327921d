import { Chart } from '../../parts/chart.js';
import { axisPrice, momentFormat, price } from '../../parts/format.js';
import { Panel } from '../../parts/panel.js';
import { choice, segments } from '../../parts/segments.js';
import { FollowedPipeline } from '../../model/followed-pipeline.js';
import { columnsOf } from '../../model/series.js';

const SIZES = [
  { value: 'crypto-candles-1m', text: '1 min', words: 'one-minute candles' },
  { value: 'crypto-candles-5m', text: '5 min', words: 'five-minute candles' },
  { value: 'crypto-candles-1h', text: '1 h', words: 'hourly candles' },
];
const SHOWN = 120;
const MAX_PAGES = 5;
/** Of Coinlore: Bitcoin. */
const FIRST_COIN = '90';
const moment = momentFormat(undefined, false);

/** The candles of one coin at one size, which move as prices come. */
export class CandlePanel {
  #pipelines;
  #hub;
  #size;
  #coin;
  #followed;
  #chart = new Chart('Candles');
  #coins = choice('Coin', (id) => this.#follow(id, this.#size));
  #panel;

  /** `pipelines` by name. */
  constructor(pipelines, hub) {
    this.#pipelines = pipelines;
    this.#hub = hub;
    const sizes = SIZES.filter(({ value }) => pipelines.has(value));
    this.#size = sizes[0]?.value;
    const sizeChoice = segments('Size of a candle', sizes, this.#size, (size) => this.#follow(this.#coin, size));
    this.#panel = new Panel({
      id: 'candles',
      title: 'Candles',
      controls: [this.#coins.element, sizeChoice],
      body: [this.#chart.element],
    });
    this.element = this.#panel.element;
    this.#panel.state('loading', 'Waiting for the first coin…');
  }

  /** The coins that there are, by their newest rows; the first time one of them is chosen. */
  offer(rows) {
    const coins = rows.map(({ key, row }) => ({ value: key, text: coinText(row.values, key) }));
    coins.sort((a, b) => a.text.localeCompare(b.text, 'en'));
    const chosen = this.#coin ?? coins.find(({ value }) => value === FIRST_COIN)?.value ?? coins[0]?.value;
    this.#coins.offer(coins, chosen);
    if (this.#coin === undefined && chosen !== undefined) this.#follow(chosen, this.#size);
  }

  close() {
    this.#followed?.close();
    this.#chart.close();
  }

  #follow(coin, size) {
    this.#followed?.close();
    this.#coin = coin;
    this.#size = size;
    const pipeline = this.#pipelines.get(size);
    if (!pipeline || coin === undefined) return;
    const [keyName] = pipeline.key;
    this.#followed = new FollowedPipeline(pipeline, {
      ...{ hub: this.#hub, key: { [keyName]: coin }, maxPages: MAX_PAGES },
      onChange: () => this.#draw(),
    });
    this.#draw();
  }

  #draw() {
    const entries = this.#followed.model.rowsOf(this.#coin);
    this.#panel.follow(this.#followed, entries.length === 0, 'No price of this coin has come yet.');
    const last = entries.at(-1)?.row.values;
    if (!last) return;
    const columns = columnsOf(
      LINES.map(({ value }) => ({ entries, value })),
      SHOWN,
    );
    const { words } = SIZES.find(({ value }) => value === this.#size);
    const name = coinText(last, this.#coin);
    const shown = columns[0].length;
    this.#panel.title(`${name}: ${price(last.price?.close)}`);
    this.#panel.subtitle(`${shown} ${words}, hollow where the price rose; the line is the mean price by volume`);
    this.#chart.show({
      ...{
        columns,
        series: LINES,
        candles: true,
        span: `${this.#coin} ${this.#size}`,
        fromZero: false,
        moment,
        format: price,
        axisFormat: axisPrice,
      },
      summary: `${name}, ${shown} ${words}, the last one closed at ${price(last.price?.close)}`,
    });
  }
}

const LINES = [
  { label: 'Open', hidden: true, value: (values) => values.price?.open },
  { label: 'High', hidden: true, value: (values) => values.price?.high },
  { label: 'Low', hidden: true, value: (values) => values.price?.low },
  { label: 'Close', hidden: true, value: (values) => values.price?.close },
  { label: 'Mean by volume', colour: '--series-3', value: (values) => values.vwap },
];

function coinText({ name, symbol } = {}, id) {
  return name ? `${name} (${symbol})` : id;
}
