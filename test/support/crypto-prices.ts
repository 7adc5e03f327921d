import type { Rows } from './rows-become';
import type { Seeded } from './seeded';

export const CANDLES = { '1m': 60, '5m': 300, '1h': 3_600 } as const;
export const STARTED_S = Date.UTC(2025, 10, 20) / 1_000;
const HOURS = 25;
const EVERY_S = 30;
const DAY_S = 86_400;
const STEP_S = 300;

export interface Ticker {
  readonly id: string;
  readonly symbol: string;
  readonly name: string;
  readonly price_usd: number;
  readonly volume24: number | null;
  readonly ts: number;
}

/** Random walks of three coins; the last one has no volume, and hours of silence. */
export function tickers(random: Seeded): Ticker[] {
  const coins = [
    { id: '90', symbol: 'BTC', name: 'Bitcoin', price: 97_000 },
    { id: '80', symbol: 'ETH', name: 'Ethereum', price: 3_100 },
    { id: '2', symbol: 'DOGE', name: 'Dogecoin', price: 0.14 },
  ];
  const all: Ticker[] = [];
  for (let s = 0; s < HOURS * 3_600; s += EVERY_S) {
    for (const coin of coins) {
      coin.price *= 1 + random.between(-200, 200) / 100_000;
      if (coin.id === '2' && s % 18_000 > 9_000) continue;
      const { id, symbol, name, price } = coin;
      all.push({
        ...{ id, symbol, name, price_usd: Number(price.toPrecision(8)) },
        ...{ volume24: id === '2' ? null : random.between(1_000, 9_000) * 1_000, ts: STARTED_S + s },
      });
    }
  }
  return inAnotherOrder(all, random);
}

/** Some come up to three records late, which is less than any grace. */
function inAnotherOrder(all: Ticker[], random: Seeded): Ticker[] {
  return all
    .map((ticker, i) => ({ ticker, place: i + random.between(0, 9) / 3 }))
    .sort((a, b) => a.place - b.place)
    .map(({ ticker }) => ticker);
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

const byTime = (all: readonly Ticker[]): Ticker[] => [...all].sort((a, b) => a.ts - b.ts);
const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();
/** What double arithmetic in another order leaves equal. */
export const digits = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(10)));

export function expectedPrices(all: readonly Ticker[]): Rows {
  return new Map(all.map(({ id, ts, name, price_usd }) => [`${id}|${ts}`, { name, price_usd }]));
}

export function expectedCandles(all: readonly Ticker[], sizeS: number): Rows {
  const candles = grouped(all, ({ id, ts }) => `${id}|${iso(Math.floor(ts / sizeS) * sizeS)}`);
  return new Map(
    [...candles].map(([candle, unordered]) => {
      const inOrder = byTime(unordered);
      const prices = inOrder.map(({ price_usd }) => price_usd);
      const traded = inOrder.filter(({ volume24 }) => volume24 !== null);
      const volume = traded.reduce((sum, { volume24 }) => sum + volume24!, 0);
      const turnover = traded.reduce((sum, { price_usd, volume24 }) => sum + price_usd * volume24!, 0);
      const { symbol, name } = inOrder[0]!;
      return [
        candle,
        {
          ...{ open: prices[0], high: Math.max(...prices), low: Math.min(...prices), close: prices.at(-1) },
          ...{ vwap: volume === 0 ? null : digits(turnover / volume), prices: prices.length, symbol, name },
        },
      ];
    }),
  );
}

/** Of the last price of each five minutes of the latest day. */
export function expectedChange(all: readonly Ticker[]): Rows {
  return new Map(
    [...grouped(all, ({ id }) => id)].map(([id, unordered]) => {
      const inOrder = byTime(unordered);
      const newest = inOrder.at(-1)!;
      const steps: (number | undefined)[] = Array.from({ length: DAY_S / STEP_S + 1 }, () => undefined);
      const firstStep = Math.floor(newest.ts / STEP_S) - DAY_S / STEP_S;
      for (const { ts, price_usd } of inOrder) {
        const step = Math.floor(ts / STEP_S) - firstStep;
        if (step >= 0) steps[step] = price_usd;
      }
      const from = steps.find((price) => price !== undefined)!;
      const returns = steps.flatMap((price, i) => {
        const before = steps[i - 1];
        return price === undefined || before === undefined ? [] : [Math.log(price) - Math.log(before)];
      });
      const mean = returns.reduce((sum, one) => sum + one, 0) / returns.length;
      const squares = returns.reduce((sum, one) => sum + (one - mean) ** 2, 0);
      return [
        id,
        {
          ...{ symbol: newest.symbol, name: newest.name, ts: newest.ts, price_from: from, price_usd: newest.price_usd },
          change_percent: digits((newest.price_usd / from - 1) * 100)?.toFixed(6),
          volatility: Math.sqrt(squares / (returns.length - 1)).toFixed(9),
          steps: steps.filter((price) => price !== undefined).length,
        },
      ];
    }),
  );
}
