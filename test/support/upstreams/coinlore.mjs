import { startUpstream } from './upstream.mjs';

const KNOWN = [
  ['90', 'BTC', 'Bitcoin', 64_000],
  ['80', 'ETH', 'Ethereum', 3_100],
  ['518', 'USDT', 'Tether', 1],
  ['48543', 'SOL', 'Solana', 145],
  ['2710', 'BNB', 'Binance Coin', 580],
  ['58', 'XRP', 'XRP', 0.52],
  ['2', 'DOGE', 'Dogecoin', 0.13],
  ['257', 'ADA', 'Cardano', 0.45],
  ['2713', 'TRX', 'TRON', 0.12],
  ['44883', 'AVAX', 'Avalanche', 34],
  ['2751', 'LINK', 'Chainlink', 15],
  ['45088', 'DOT', 'Polkadot', 6.9],
  ['1', 'LTC', 'Litecoin', 82],
  ['2321', 'BCH', 'Bitcoin Cash', 450],
];
const COINS = Array.from({ length: 100 }, (_, i) => {
  const [id, symbol, name, price] = KNOWN[i] ?? [String(90_000 + i), `C${i}`, `Coin ${i}`, 10 / (i - 10)];
  return { id, symbol, name, price };
});

/**
 * Coinlore's `/api/tickers/?start&limit`: prices walk at random, from a seed, one step with each second that passes. `now`
 * gives epoch ms.
 */
export function startCoinlore({ now = Date.now, seed = 7, ...options } = {}) {
  const walk = new Walk(now(), seed);
  return startUpstream(
    {
      '/api/tickers/': (url) => {
        const start = Number(url.searchParams.get('start') ?? 0);
        const limit = Math.min(Number(url.searchParams.get('limit') ?? 100), 100);
        const factors = walk.at(now());
        const data = COINS.map((coin, i) => ticker(coin, i, factors[i])).slice(start, start + limit);
        return { body: { data, info: { coins_num: COINS.length, time: Math.floor(now() / 1000) } } };
      },
    },
    options,
  );
}

class Walk {
  constructor(startMs, seed) {
    this.second = Math.floor(startMs / 1000);
    this.state = seed;
    this.factors = COINS.map(() => 1);
  }

  at(nowMs) {
    const until = Math.floor(nowMs / 1000);
    for (; this.second < until; this.second++) this.factors = this.factors.map((factor) => factor * (1 + this.step()));
    return this.factors;
  }

  /** Linear congruential, Numerical Recipes: enough for prices that move. */
  step() {
    this.state = (Math.imul(this.state, 1_664_525) + 1_013_904_223) >>> 0;
    return (this.state / 4_294_967_296 - 0.5) * 0.004;
  }
}

/** Coinlore gives prices and changes as text, volumes as numbers. */
function ticker({ id, symbol, name, price }, i, factor) {
  const usd = price * factor;
  return {
    ...{ id, symbol, name, nameid: name.toLowerCase().replaceAll(' ', '-'), rank: i + 1 },
    ...{ price_usd: usd.toFixed(usd < 1 ? 6 : 2), percent_change_24h: ((factor - 1) * 100).toFixed(2) },
    ...{ percent_change_1h: '0.10', percent_change_7d: '1.00', price_btc: (usd / 64_000).toFixed(8) },
    ...{ market_cap_usd: (usd * 1_000_000).toFixed(2), volume24: usd * 10_000, volume24a: usd * 9_000 },
    ...{ csupply: '1000000.00', tsupply: '1000000', msupply: '' },
  };
}
