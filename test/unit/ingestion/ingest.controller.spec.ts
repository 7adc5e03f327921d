import type { INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { MemoryIdempotencyStore } from '../../../src/adapters/memory/memory-idempotency-store';
import { MemoryRateLimiter } from '../../../src/adapters/memory/memory-rate-limiter';
import { MemoryLog } from '../../../src/adapters/memory/memory-log';
import { ProblemDetailsFilter } from '../../../src/api/problem-details.filter';
import { TransientError } from '../../../src/core/errors';
import type { OutgoingRecord } from '../../../src/core/ports/record-producer.port';
import { HttpIngest } from '../../../src/ingestion/http-ingest';
import { IngestController } from '../../../src/ingestion/ingest.controller';
import { INGEST_LIMIT, ingestLimit } from '../../../src/ingestion/ingest-limit';
import { PIPELINES } from '../../../src/runtime/pipelines';
import { PORTS } from '../../../src/runtime/ports';
import { compiledWith, EPOCH_MS } from '../../support/pipelines';

const TOPIC = 'readings';

describe('POST /v1/ingest/{topic}', () => {
  let app: INestApplication;
  let url: string;
  let nowMs: number;
  let log: MemoryLog;
  let isAway: boolean;

  beforeEach(async () => {
    nowMs = EPOCH_MS + 3_600_000;
    isAway = false;
    const clock = { now: () => nowMs };
    log = new MemoryLog(clock);
    await log.ensure([{ topic: TOPIC, partitions: 2, purpose: 'source' }]);
    const producer = {
      send: (topic: string, records: readonly OutgoingRecord[]) =>
        isAway ? Promise.reject(new TransientError('Kafka is away')) : log.send(topic, records),
    };
    const module = await Test.createTestingModule({
      controllers: [IngestController],
      providers: [
        HttpIngest,
        { provide: INGEST_LIMIT, useValue: ingestLimit({ recordsPerSecond: 10, burstRecords: 100 }) },
        {
          provide: PORTS,
          useValue: {
            ...{ clock, producer, idempotency: new MemoryIdempotencyStore(clock) },
            rateLimiter: new MemoryRateLimiter(clock),
          },
        },
        { provide: PIPELINES, useValue: { all: () => [compiledWith()] } },
      ],
    }).compile();
    app = module.createNestApplication({ bodyParser: false, logger: false });
    app.useGlobalFilters(new ProblemDetailsFilter());
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterEach(() => app.close());

  const post = async (body: string, { topic = TOPIC, type = 'application/json', key = '' } = {}) => {
    const headers: Record<string, string> = { 'content-type': type, ...(key && { 'idempotency-key': key }) };
    const response = await fetch(`${url}/v1/ingest/${topic}`, { method: 'POST', body, headers });
    return {
      status: response.status,
      headers: response.headers,
      body: (await response.json()) as Record<string, unknown>,
    };
  };
  const record = (key: string, at = 0) => JSON.stringify({ key, t: EPOCH_MS + at, x: 1 });
  const stored = () => [0, 1].flatMap((partition) => log.read(TOPIC, partition, 0n, Infinity).records);

  it('stores one record and answers 202 with its place', async () => {
    const { status, body } = await post(record('A'));
    expect(status).toBe(202);
    expect(body).toEqual({ topic: TOPIC, records: 1, positions: [{ partition: expect.any(Number), offset: '0' }] });
    expect(
      stored().map(({ key, value, timestampMs }) => [
        Buffer.from(key!).toString(),
        Buffer.from(value!).toString(),
        timestampMs,
      ]),
    ).toEqual([['A', record('A'), EPOCH_MS]]);
  });

  it('stores an array and NDJSON, with a place for each record in order', async () => {
    const array = await post(`[${record('A')},${record('A', 1)}]`);
    const lines = await post(`${record('A', 2)}\n${record('A', 3)}\n`, { type: 'application/x-ndjson; charset=utf-8' });
    const offsets = [array, lines].map(({ body }) =>
      (body['positions'] as { offset: string }[]).map(({ offset }) => offset),
    );
    expect(offsets).toEqual([
      ['0', '1'],
      ['2', '3'],
    ]);
  });

  it('answers 404 for a topic that no pipeline reads, naming those there are', async () => {
    const { status, body, headers } = await post(record('A'), { topic: 'other' });
    expect(status).toBe(404);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body['detail']).toContain('readings');
  });

  it('stores nothing when one of the records could not be processed, and says which and why', async () => {
    const { status, body } = await post(`[${record('A')},{"key":"A","t":"soon"},7]`);
    expect(status).toBe(422);
    expect(body['records']).toEqual([
      { index: 1, detail: expect.stringContaining('"t"') },
      { index: 2, detail: expect.stringContaining('JSON object') },
    ]);
    expect(stored()).toEqual([]);
  });

  it('answers 400 for what is no JSON or empty, 415 for another content type', async () => {
    expect(await post('{')).toMatchObject({ status: 400, body: { detail: expect.stringContaining('no JSON') } });
    expect(await post('')).toMatchObject({ status: 400 });
    expect(await post('[]')).toMatchObject({ status: 400 });
    expect(await post('a,b', { type: 'text/csv' })).toMatchObject({ status: 415 });
  });

  it('answers 429 with Retry-After when the rate is used up, and 202 after that time', async () => {
    const hundred = `[${Array.from({ length: 100 }, () => record('A')).join()}]`;
    const allowed = await post(hundred);
    expect(allowed.status).toBe(202);
    expect(allowed.headers.get('ratelimit-policy')).toBe('"ingest";q=10;w=1');
    expect(allowed.headers.get('ratelimit')).toBe('"ingest";r=0;t=10');
    const refused = await post(record('A'));
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    nowMs += 1_000;
    expect((await post(record('A'))).status).toBe(202);
  });

  it('answers 503 while the log is away', async () => {
    isAway = true;
    expect((await post(record('A'))).status).toBe(503);
  });

  describe('with an Idempotency-Key', () => {
    it('stores the records once and repeats the answer for a day', async () => {
      const first = await post(record('A'), { key: 'k1' });
      nowMs += 23 * 3_600_000;
      const again = await post(record('A'), { key: 'k1' });
      expect(again.status).toBe(202);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(stored()).toHaveLength(1);
    });

    it('refuses the key for another body', async () => {
      await post(record('A'), { key: 'k1' });
      expect((await post(record('B'), { key: 'k1' })).status).toBe(422);
      expect(stored()).toHaveLength(1);
    });

    it('gives the key back after a failure, so that the request can be sent again', async () => {
      isAway = true;
      expect((await post(record('A'), { key: 'k1' })).status).toBe(503);
      isAway = false;
      expect((await post(record('A'), { key: 'k1' })).status).toBe(202);
      expect(stored()).toHaveLength(1);
    });

    it('stores the records of requests at the same time once', async () => {
      const answers = await Promise.all(Array.from({ length: 5 }, () => post(record('A'), { key: 'k1' })));
      expect(stored()).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThanOrEqual(1);
      expect(answers.every(({ status }) => status === 202 || status === 409)).toBe(true);
    });

    it('refuses a key that is too long', async () => {
      expect((await post(record('A'), { key: 'x'.repeat(201) })).status).toBe(400);
    });
  });
});
