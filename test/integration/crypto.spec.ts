import type { RowJson } from '../../src/core/row/row-json';
import {
  CANDLES,
  digits,
  expectedCandles,
  expectedChange,
  expectedPrices,
  STARTED_S,
  tickers,
} from '../support/crypto-prices';
import { LiveFollower } from '../support/live-follower';
import { Seeded } from '../support/seeded';
import { type Rows, rowsBecome } from '../support/rows-become';
import { ServiceProcess } from '../support/service';
import { SystemCopy } from '../support/system-copy';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(240_000);

const PIPELINES = [
  'crypto-prices',
  ...Object.keys(CANDLES).map((size) => `crypto-candles-${size}`),
  'crypto-change-24h',
  'crypto-movers',
];

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

  it('keeps each price in crypto.prices, and when it was written', async () => {
    await rowsBecome(expectedPrices(all), () => table('prices', ['id', 'ts'], { name: asIs, price_usd: asIs }));
    const times = (await copy.rows(['processing_time'], 'prices')).map((row) =>
      Date.parse(String(row['processing_time'])),
    );
    expect(Math.min(...times)).toBeGreaterThan(startedMs - 60_000);
    expect(Math.max(...times)).toBeLessThan(Date.now() + 60_000);
  });

  it.each(Object.entries(CANDLES))('gives the candles of %s of each coin', (size, sizeS) =>
    rowsBecome(expectedCandles(all, sizeS), () =>
      table(`candles_${size}`, ['id', 'start'], {
        ...{ open: asIs, high: asIs, low: asIs, close: asIs, vwap: digits, prices: asIs, symbol: asIs, name: asIs },
      }),
    ),
  );

  it('gives the change of each coin over its latest day, and its volatility', () =>
    rowsBecome(expectedChange(all), () =>
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
    await rowsBecome(places(ranked), () => board('highest'));
    await rowsBecome(places([...ranked].reverse()), () => board('lowest'));
  });

  it('sends to the browser the candles that the table holds', () =>
    rowsBecome(expectedCandles(all, CANDLES['1h']), () => new Map(candles.rows().map(candleOf))));

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
