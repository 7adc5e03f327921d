import { isDeepStrictEqual } from 'node:util';

import type { RowJson } from '../../src/core/row/row-json';
import { LiveFollower } from '../support/live-follower';
import { Seeded } from '../support/seeded';
import { ServiceProcess } from '../support/service';
import { SystemCopy } from '../support/system-copy';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

const CANDLES = { '1m': 60, '5m': 300, '1h': 3_600 } as const;
const PIPELINES = [
  'crypto-prices',
  ...Object.keys(CANDLES).map((size) => `crypto-candles-${size}`),
  'crypto-change-24h',
  'crypto-movers',
];
const STARTED_S = Date.UTC(2025, 10, 20) / 1_000;
const HOURS = 25;
const EVERY_S = 30;
const DAY_S = 86_400;
const STEP_S = 300;

interface Ticker {
  readonly id: string;
  readonly symbol: string;
  readonly name: string;
  readonly price_usd: number;
  readonly volume24: number | null;
  readonly ts: number;
}

/** Random walks of three coins; the last one has no volume, and hours of silence. */
function tickers(random: Seeded): Ticker[] {
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

type Rows = Map<string, object>;

function grouped<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return groups;
}

const byTime = (all: readonly Ticker[]): Ticker[] => [...all].sort((a, b) => a.ts - b.ts);
const iso = (seconds: number): string => new Date(seconds * 1_000).toISOString();
/** What double arithmetic in another order leaves equal. */
const digits = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(10)));

function expectedPrices(all: readonly Ticker[]): Rows {
  return new Map(all.map(({ id, ts, name, price_usd }) => [`${id}|${ts}`, { name, price_usd }]));
}

function expectedCandles(all: readonly Ticker[], sizeS: number): Rows {
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
function expectedChange(all: readonly Ticker[]): Rows {
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

describe('the crypto system on real servers', () => {
  const copy = new SystemCopy({
    ...{ pipelines: PIPELINES, topics: ['crypto.tickers', 'crypto.changes'], keyspace: 'crypto' },
  });
  const all = tickers(new Seeded('the prices of three coins'));
  const bad = [
    { ...all[0]!, price_usd: -1, ts: STARTED_S + 7 },
    { id: '80', symbol: 'ETH', name: 'Ethereum', ts: STARTED_S + 8 },
    { ...all[1]!, price_usd: '97000', ts: STARTED_S + 9 },
  ];
  let service: ServiceProcess;
  let candles: LiveFollower;
  const startedMs = Date.now();

  beforeAll(async () => {
    await copy.createTables();
    service = await (await ServiceProcess.start('crypto-system', { MILLRACE_PIPELINES: copy.folder })).ready();
    candles = new LiveFollower(copy.nameOf('crypto-candles-1h'), () => service);
    await waitUntil('the live feed begins', () => candles.snapshots > 0);
    const half = Math.floor(all.length / 2);
    await copy.produce(
      'crypto.tickers',
      [...all.slice(0, half), ...bad, ...all.slice(half)].map((value) => ({ key: value.id, value })),
    );
  });
  afterAll(async () => {
    await candles?.close();
    await service?.stop();
    await copy.close();
  });

  const table = async (
    name: string,
    key: readonly string[],
    columns: Readonly<Record<string, (value: never) => unknown>>,
  ): Promise<Rows> => {
    const rows = await copy.rows([...key, ...Object.keys(columns)], name);
    return new Map(
      rows.map((row) => [
        key.map((column) => row[column]).join('|'),
        Object.fromEntries(Object.entries(columns).map(([column, read]) => [column, read(row[column] as never)])),
      ]),
    );
  };
  const asIs = (value: unknown): unknown => value;
  const sorted = (rows: Rows): [string, object][] => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));

  /** Waits for the rows to be what is expected; else shows what differs. */
  async function becomes(expected: Rows, read: () => Rows | Promise<Rows>): Promise<void> {
    const isThere = async (): Promise<boolean> => isDeepStrictEqual(sorted(await read()), sorted(expected));
    await waitUntil('the rows are those expected', isThere, 90_000, 500).catch(() => undefined);
    expect(sorted(await read())).toEqual(sorted(expected));
  }

  it('keeps each price in crypto.prices, and when it was written', async () => {
    await becomes(expectedPrices(all), () => table('prices', ['id', 'ts'], { name: asIs, price_usd: asIs }));
    const times = (await copy.rows(['processing_time'], 'prices')).map((row) =>
      Date.parse(String(row['processing_time'])),
    );
    expect(Math.min(...times)).toBeGreaterThan(startedMs - 60_000);
    expect(Math.max(...times)).toBeLessThan(Date.now() + 60_000);
  });

  it.each(Object.entries(CANDLES))('gives the candles of %s of each coin', (size, sizeS) =>
    becomes(expectedCandles(all, sizeS), () =>
      table(`candles_${size}`, ['id', 'start'], {
        ...{ open: asIs, high: asIs, low: asIs, close: asIs, vwap: digits, prices: asIs, symbol: asIs, name: asIs },
      }),
    ),
  );

  it('gives the change of each coin over its latest day, and its volatility', () =>
    becomes(expectedChange(all), () =>
      table('change_24h', ['id'], {
        ...{ symbol: asIs, name: asIs, ts: asIs, price_from: asIs, price_usd: asIs },
        change_percent: (value: number) => digits(value)?.toFixed(6),
        volatility: (value: number) => value.toFixed(9),
        steps: asIs,
      }),
    ));

  it('ranks the coins by their change, from either end', async () => {
    const changes = new Map(
      [...expectedChange(all)].map(([coin, row]) => [coin, (row as { change_percent: string }).change_percent]),
    );
    const path = `/v1/pipelines/${copy.nameOf('crypto-movers')}/leaderboard?limit=10`;
    const board = async (order: string): Promise<Rows> => {
      const { entries } = await service.json<{ entries: { member: string; score: number }[] }>(
        `${path}&order=${order}`,
      );
      return new Map(entries.map(({ member, score }, i) => [`${i}`, { member, change: digits(score)?.toFixed(6) }]));
    };
    const ranked = [...changes].sort(([, a], [, b]) => Number(b) - Number(a));
    const places = (coins: readonly (readonly [string, string])[]): Rows =>
      new Map(coins.map(([member, change], i) => [`${i}`, { member, change }]));
    await becomes(places(ranked), () => board('highest'));
    await becomes(places([...ranked].reverse()), () => board('lowest'));
  });

  it('sends to the browser the candles that the table holds', () =>
    becomes(expectedCandles(all, CANDLES['1h']), () => new Map(candles.rows().map(candleOf))));

  it('answers what is no price with a dead letter that says why, and goes on', async () => {
    const name = copy.nameOf('crypto-prices');
    const { letters } = await service.json<{ letters: readonly { reason: string; message: string }[] }>(
      `/v1/dead-letters?pipeline=${name}`,
    );
    expect(letters.map(({ reason, message }) => `${reason}: ${message}`)).toEqual(
      bad.map(() => 'bad-value: where: id and a price_usd of 0 or more are needed'),
    );
    const { totals } = await service.json<{ totals: object }>(`/v1/pipelines/${name}`);
    expect(totals).toEqual({ accepted: all.length, filtered: 0, late: 0, dead: bad.length });
  });
});

function candleOf({ key, window, values = {} }: RowJson): [string, object] {
  const { price, vwap, prices, symbol, name } = values as { price: object; vwap: number | null } & Record<
    string,
    unknown
  >;
  return [`${String(key['id'])}|${window!.start}`, { ...price, vwap: digits(vwap), prices, symbol, name }];
}
