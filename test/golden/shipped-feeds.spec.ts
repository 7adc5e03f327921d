import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFeed } from '../../src/core/feeds/compile-feed';
import type { CompiledFeed } from '../../src/core/feeds/compiled-feed';
import { FeedBatchBuilder } from '../../src/core/feeds/feed-batch';
import { FIRST_STATE } from '../../src/core/feeds/feed-state';
import { parseFeedFiles } from '../../src/core/feeds/parse-feeds';
import { STANDARD_LANGUAGE } from '../../src/core/pipeline/language';
import { besideFile } from '../../src/processing/read-beside';
import { openSource } from '../../src/ingestion/feeds/open-source';
import { startCoinlore } from '../support/upstreams/coinlore.mjs';
import { startUpstreams, type Upstreams } from '../support/upstreams/index.mjs';
import { startSensorGateway } from '../support/upstreams/sensor-gateway.mjs';
import type { Upstream } from '../support/upstreams/upstream.mjs';

const FOLDER = join(__dirname, '..', '..', 'feeds');
/** After everything that the upstreams have of the past. */
const NOW_MS = Date.UTC(2026, 0, 1);
const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({
    path: name,
    text: readFileSync(join(FOLDER, name), 'utf8'),
    readBeside: besideFile(join(FOLDER, name)),
  }));

describe('the feeds that are shipped', () => {
  let upstreams: Upstreams;
  /** Those that tell the time, at one moment. */
  let gateway: Upstream;
  let coinlore: Upstream;
  beforeAll(async () => {
    upstreams = await startUpstreams();
    gateway = await startSensorGateway({ now: () => NOW_MS, hoursPerSecond: 0 });
    coinlore = await startCoinlore({ now: () => NOW_MS });
  });
  afterAll(async () => {
    await upstreams?.close();
    await gateway?.close();
    await coinlore?.close();
  });

  function feed(name: string): CompiledFeed {
    const { feeds, problems } = parseFeedFiles(files, {
      ...upstreams.environment,
      SENSOR_GATEWAY_URL: gateway.url,
      COINLORE_URL: coinlore.url,
    });
    expect(problems).toEqual([]);
    return compileFeed(
      feeds.find(({ definition }) => definition.metadata.name === name)!.definition,
      STANDARD_LANGUAGE,
      () => 0.5,
    );
  }

  /** What the first poll produces. */
  async function produced(name: string) {
    const compiled = feed(name);
    const source = openSource(compiled, STANDARD_LANGUAGE, { now: () => NOW_MS })!;
    const poll = await source.poll(FIRST_STATE, new AbortController().signal);
    await source.close();
    const builder = new FeedBatchBuilder(compiled, FIRST_STATE, 4);
    for (const { items, ...answer } of poll!.pages) builder.add(items, answer);
    const { records, letters } = builder.batch();
    expect(letters.map(({ message }) => message)).toEqual([]);
    return records.map(({ key, value }) => ({ key, value: JSON.parse(String(value)) as Record<string, unknown> }));
  }

  it('ask the real services unless told otherwise, and are off where they are a demonstration', () => {
    const { feeds, problems } = parseFeedFiles(files, {});
    expect(problems).toEqual([]);
    const shown = feeds.map(({ definition: { metadata, spec } }) => [
      metadata.name,
      spec.enabled,
      spec.source.kind === 'http-poll' ? new URL(spec.source.url).host : spec.source.kind,
    ]);
    expect(shown).toEqual([
      ['airnow-hourly', true, 'www.airnowapi.org'],
      ['camera-gateway', false, 'file'],
      ['coinlore-tickers', true, 'api.coinlore.net'],
      ['randomuser', true, 'randomuser.me'],
      ['reading-app', false, 'generator'],
      ['sensor-gateway', false, 'sensor-gateway:8080'],
      ['sensor-registry', false, 'sensor-gateway:8080'],
    ]);
  });

  it('airnow-hourly produces the readings of the data set, hour by hour', async () => {
    const records = await produced('airnow-hourly');
    // Three days of five posts.
    expect(records).toHaveLength(72 * 5);
    expect(records[0]).toEqual({
      key: 'Beijing US Post',
      value: {
        ...{ observed_at: '2012-12-31T16:00:00Z', location: 'Beijing US Post', pm25: 31 },
        ...{ temperature_c: -5, humidity_pct: 67, pressure_hpa: 1018, dew_point_c: -10, wind_cumulated_mps: 5.81 },
      },
    });
    expect(records[4]!.value).toMatchObject({ location: 'Shenyang US Post', pm25: null });
    expect(records.at(-1)!.value).toMatchObject({ observed_at: '2013-01-03T15:00:00Z' });
  });

  it('coinlore-tickers produces a price of each of a hundred coins', async () => {
    const records = await produced('coinlore-tickers');
    expect(records).toHaveLength(100);
    expect(records[0]).toEqual({
      key: '90',
      value: {
        ...{ id: '90', symbol: 'BTC', name: 'Bitcoin', price_usd: expect.closeTo(64_000, -3) as number },
        ...{ volume24: expect.any(Number) as number, ts: expect.any(Number) as number },
      },
    });
    expect(records[0]!.value['ts']).toBe(NOW_MS / 1000);
  });

  it('randomuser produces ten people, whatever they are written in', async () => {
    const records = await produced('randomuser');
    expect(records).toHaveLength(10);
    const { key, value } = records[0]!;
    expect(value).toEqual({
      ...{ id: key, first_name: expect.any(String) as string, last_name: expect.any(String) as string },
      ...{ gender: expect.stringMatching(/male$/) as string, country: expect.any(String) as string },
      address: expect.stringMatching(/^\d+ Main Street, Springfield, North, /) as string,
      ...{ post_code: expect.stringMatching(/^\d{5}$/) as string, age: expect.any(Number) as number },
      ...{ dob: expect.stringMatching(/^\d{4}-/) as string, email: expect.stringMatching('@example.com') as string },
      ...{ username: expect.stringMatching(/^user/) as string, registered_date: '2015-05-01T12:00:00.000Z' },
      ...{ phone: expect.stringMatching(/^555-/) as string, picture: expect.stringMatching(/^https:/) as string },
      at: expect.stringMatching(/Z$/) as string,
    });
  });

  it('sensor-gateway produces the newest reading of each sensor, and sensor-registry what it is registered with', async () => {
    const readings = await produced('sensor-gateway');
    expect(readings).toHaveLength(5);
    expect(readings[0]).toMatchObject({
      key: 'sensor-beijing',
      value: {
        sensor_id: 'sensor-beijing',
        location: 'Beijing US Post',
        temperature: -5,
        humidity: 67,
        pressure: 1018,
      },
    });
    const registered = await produced('sensor-registry');
    expect(registered.map(({ key }) => key)).toEqual(readings.map(({ key }) => key));
    expect(registered[0]!.value).toMatchObject({ sensor_id: 'sensor-beijing', temperature_max: 33 });
  });

  it('camera-gateway produces frames with pictures, the cameras in turn', async () => {
    const records = await produced('camera-gateway');
    expect(records[0]).toMatchObject({
      key: 'camera-gate',
      value: { camera_id: 'camera-gate', frame: 0, width: 96, height: 54, motion: expect.any(Number) as number },
    });
    const bytes = Buffer.from(String(records[0]!.value['thumbnail']), 'base64');
    expect([...bytes.subarray(0, 3), ...bytes.subarray(-2)]).toEqual([0xff, 0xd8, 0xff, 0xff, 0xd9]);
  });

  it('reading-app produces pages that students read', async () => {
    const [first] = await produced('reading-app');
    expect(first).toEqual({
      key: 'student-1',
      value: {
        ...{ student_id: 'student-1', session_id: 'session-1-1', chapter_id: 'chapter-1', page: 1 },
        ...{ words_read: expect.any(Number) as number, duration: expect.any(Number) as number },
        mistakes: expect.any(Array) as unknown[],
        device: { type: expect.any(String) as string, os: expect.any(String) as string },
        ...{ score: expect.any(Number) as number, at: expect.stringMatching(/Z$/) as string },
      },
    });
  });
});
