import type { FullPartition } from './full-partition';

const YEAR_MS = Date.UTC(2024, 0, 1);
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const HOURS_OF_LEAP_YEAR = 8_784;

/** The `i`th window of the leap year 2024. */
const windowOf = (i: number, sizeMs: number) => ({
  startMs: YEAR_MS + i * sizeMs,
  endMs: YEAR_MS + (i + 1) * sizeMs,
  zone: 'UTC',
});
/** A number with as many digits as measured ones have. */
const measured = (i: number): number => 35.2 + i / 7;

const AIR_QUALITY: readonly FullPartition[] = [
  {
    ...{ pipeline: 'air-quality-daily', keyspace: 'aqdata', table: 'pm25', rows: 366 },
    row: (i, location) => ({
      ...{ key: { location }, window: windowOf(i, DAY_MS) },
      values: { avg_pm25: measured(i), max_pm25: 300, min_pm25: 3, readings: 24 },
    }),
  },
  {
    ...{ pipeline: 'air-quality-hourly-aqi', keyspace: 'aqdata', table: 'aqi_hourly' },
    ...{ rows: HOURS_OF_LEAP_YEAR, part: 8 },
    row: (i, location) => ({
      ...{ key: { location }, window: { ...windowOf(i + 1, HOUR_MS), startMs: YEAR_MS + (i - 11) * HOUR_MS } },
      values: {
        air: { pm25: measured(i), nowcast: 129.4, aqi: 189, band: 'unhealthy for sensitive groups', hours: 12 },
      },
    }),
  },
  {
    ...{ pipeline: 'air-quality-reporting', keyspace: 'aqdata', table: 'posts_reporting' },
    ...{ rows: HOURS_OF_LEAP_YEAR, part: 8 },
    row: (i, network) => ({
      ...{ key: { network }, window: windowOf(i, HOUR_MS) },
      values: { posts: 250, readings: 260 },
    }),
  },
];

const candles = (table: string, rows: number, sizeMs: number, part: number): FullPartition => ({
  ...{ pipeline: `crypto-${table.replace('_', '-')}`, keyspace: 'crypto', table, rows, part },
  row: (i, id) => {
    const price = { open: measured(i), high: measured(i + 1), low: measured(i - 1), close: measured(i + 0.5) };
    const values = { price, vwap: measured(i + 0.25), prices: 10, symbol: 'BTC', name: 'Bitcoin' };
    return { key: { id }, window: windowOf(i, sizeMs), values };
  },
});

const CRYPTO: readonly FullPartition[] = [
  {
    ...{ pipeline: 'crypto-prices', keyspace: 'crypto', table: 'prices', rows: 86_400, part: 40 },
    row: (i, id) => ({
      ...{ key: {}, window: undefined, eventTimeMs: YEAR_MS + i * 30 * SECOND_MS },
      values: { id, ts: YEAR_MS / 1_000 + i * 30, name: 'Bitcoin', price_usd: measured(i) },
    }),
  },
  candles('candles_1m', 1_440, MINUTE_MS, 1),
  candles('candles_5m', 105_408, 5 * MINUTE_MS, 48),
  candles('candles_1h', HOURS_OF_LEAP_YEAR, HOUR_MS, 8),
];

const USERS: readonly FullPartition[] = [
  {
    ...{ pipeline: 'users-by-country', keyspace: 'spark_streams', table: 'users_by_country' },
    ...{ rows: HOURS_OF_LEAP_YEAR, part: 8 },
    row: (i, country) => ({
      ...{ key: { country }, window: windowOf(i, HOUR_MS) },
      values: { users: 2_000 + i, records: 3_000 + i, mean_age: measured(i) },
    }),
  },
];

/** As large as that of 33 features. */
const PARAMETERS = {
  bias: 0.123_456_789_012_345_67,
  features: Array.from({ length: 33 }, (_, i) => ({
    name: `change_${i}`,
    weight: measured(i),
    mean: 1 / 3,
    deviation: 2 / 3,
  })),
};

const MODELS: readonly FullPartition[] = [
  {
    ...{ pipeline: 'pm25-predictions', keyspace: 'models', table: 'predictions', rows: HOURS_OF_LEAP_YEAR, part: 8 },
    row: (i, location) => ({
      ...{ key: { location }, window: windowOf(i, HOUR_MS) },
      values: { predicted: measured(i), pm25: 81, score: measured(i), anomaly: false, version: i },
    }),
  },
  {
    ...{ pipeline: 'pm25-anomalies', keyspace: 'models', table: 'anomalies', rows: HOURS_OF_LEAP_YEAR, part: 8 },
    row: (i, location) => ({
      ...{ key: { location }, window: windowOf(i, HOUR_MS) },
      values: { predicted: measured(i), pm25: 81, score: measured(i), reason: 'anomaly, drift' },
    }),
  },
  {
    ...{ pipeline: 'pm25-forecast-versions', keyspace: 'models', table: 'versions', rows: 366 },
    row: (i, location) => ({
      ...{ key: { location }, window: windowOf(i, DAY_MS) },
      values: {
        ...{ version: i, learned: 24 * i, mae: measured(i), mae_last: measured(i), mae_mean: measured(i) },
        parameters: PARAMETERS,
      },
    }),
  },
];

const SENSORS_AND_CAMERAS: readonly FullPartition[] = [
  {
    ...{ pipeline: 'sensors-stats', keyspace: 'sensors', table: 'stats', rows: 288 },
    row: (i, sensor_id) => ({
      ...{ key: { sensor_id }, window: windowOf(i, 5 * MINUTE_MS) },
      values: {
        ...{
          location: 'Beijing US Post',
          readings: 60,
          temperature: measured(i),
          temperature_min: 1,
          temperature_max: 9,
        },
        ...{ humidity: measured(i), pressure: measured(i), hot: 1, cold: 1, damp: 1, low_pressure: 1 },
      },
    }),
  },
  {
    ...{ pipeline: 'sensors-alerts', keyspace: 'sensors', table: 'alerts', rows: 1_440 },
    row: (i, sensor_id) => ({
      ...{ key: { sensor_id }, window: windowOf(i, MINUTE_MS) },
      values: {
        ...{ location: 'Beijing US Post', readings: 60, temperature: 31.5, humidity: 97.5, pressure: 981.5 },
        limits: [
          { value: 'temperature_max', count: 40 },
          { value: 'humidity_max', count: 20 },
        ],
        unusual: [{ value: 'temperature', count: 3 }],
      },
    }),
  },
  {
    ...{ pipeline: 'cameras-activity', keyspace: 'cameras', table: 'activity', rows: 8_640, part: 8 },
    row: (i, camera_id) => ({
      ...{ key: { camera_id }, window: windowOf(i, 10 * SECOND_MS) },
      values: { frames: 250, numbers: 249, motion: 1 / 3, motion_max: 2 / 3, width: 1_920, height: 1_080 },
    }),
  },
  {
    ...{ pipeline: 'cameras-online', keyspace: 'cameras', table: 'online', rows: 129_600, part: 96 },
    row: (i, camera_id) => ({
      ...{ key: { camera_id }, window: windowOf(i, MINUTE_MS) },
      values: { frames: 1_400, motion: 1 / 3 },
    }),
  },
];

/** Rows are of the size that the shipped readings, prices and people make. */
export const SYSTEM_PARTITIONS = [...AIR_QUALITY, ...CRYPTO, ...USERS, ...MODELS, ...SENSORS_AND_CAMERAS];
