import { createHmac } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { MemoryFeedLedger } from '../../../../src/adapters/memory/memory-feed-ledger';
import { MemoryIdempotencyStore } from '../../../../src/adapters/memory/memory-idempotency-store';
import { MemoryRateLimiter } from '../../../../src/adapters/memory/memory-rate-limiter';
import { MemoryLog } from '../../../../src/adapters/memory/memory-log';
import { Access } from '../../../../src/access/access';
import { AccessGuard } from '../../../../src/access/access.guard';
import { parseApiKeys } from '../../../../src/config/api-keys';
import { ProblemDetailsFilter } from '../../../../src/api/problem-details.filter';
import type { DeadLetter } from '../../../../src/core/task/dead-letter';
import { FEEDS } from '../../../../src/ingestion/feeds/feed-catalog';
import { FEED_OBSERVER } from '../../../../src/ingestion/feeds/feed-observer';
import { FeedsController } from '../../../../src/ingestion/feeds/feeds.controller';
import { WebhookController } from '../../../../src/ingestion/feeds/webhook.controller';
import { WebhookIngest } from '../../../../src/ingestion/feeds/webhook-ingest';
import { INGEST_LIMIT, ingestLimit } from '../../../../src/ingestion/ingest-limit';
import { PIPELINES } from '../../../../src/runtime/pipelines';
import { PORTS } from '../../../../src/runtime/ports';
import { compiledFeed } from '../../../support/feeds';

const SECRET = 'a shared secret';
const sign = (body: string, secret = SECRET) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

describe('POST /v1/feeds/{name}', () => {
  let app: INestApplication;
  let url: string;
  let log: MemoryLog;
  const letters: DeadLetter[] = [];
  const counted: number[] = [];

  beforeEach(async () => {
    const clock = { now: () => Date.now() };
    log = new MemoryLog(clock);
    letters.length = counted.length = 0;
    const signature = `{ header: X-Hub-Signature-256, prefix: "sha256=", secret: ${SECRET} }`;
    const feeds = [
      compiledFeed(
        `topic: pushed
source: { kind: webhook, deliveryId: X-Delivery, signature: ${signature} }
fields: { id: item.id, word: item.word }
required: [id]
key: [id]
partitioner: { kind: round-robin }`,
        'pushed',
      ),
      compiledFeed(`topic: pushed\nenabled: false\nsource: { kind: webhook, signature: ${signature} }`, 'off'),
      compiledFeed('topic: t\nsource: { kind: http-poll, url: "http://up/x?key=secret", every: 30s }', 'polled'),
    ];
    const ports = {
      ...{ clock, producer: log, topics: log, idempotency: new MemoryIdempotencyStore(clock) },
      feedLedger: new MemoryFeedLedger(clock),
      rateLimiter: new MemoryRateLimiter(clock),
      deadLetters: { write: (written: readonly DeadLetter[]) => Promise.resolve(void letters.push(...written)) },
    };
    const module = await Test.createTestingModule({
      controllers: [WebhookController, FeedsController],
      providers: [
        WebhookIngest,
        { provide: INGEST_LIMIT, useValue: ingestLimit({ recordsPerSecond: 10, burstRecords: 100 }) },
        { provide: PORTS, useValue: ports },
        { provide: PIPELINES, useValue: { all: () => [] } },
        { provide: FEEDS, useValue: { feeds, problems: [] } },
        {
          provide: APP_GUARD,
          useValue: new AccessGuard(new Access({ policy: 'keys', keys: parseApiKeys('the-key'), origins: [] })),
        },
        {
          provide: FEED_OBSERVER,
          useValue: {
            enabled: () => undefined,
            polled: () => undefined,
            stored: (_: string, { records }: { records: number }) => void counted.push(records),
            succeeded: () => undefined,
          },
        },
      ],
    }).compile();
    app = module.createNestApplication({ bodyParser: false, logger: false });
    app.useGlobalFilters(new ProblemDetailsFilter());
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterEach(() => app.close());

  async function deliver(body: string, headers: Record<string, string> = {}, name = 'pushed') {
    const signed = { 'content-type': 'application/json', 'x-hub-signature-256': sign(body), ...headers };
    const response = await fetch(`${url}/v1/feeds/${name}`, { method: 'POST', body, headers: signed });
    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown>,
      headers: response.headers,
    };
  }
  const stored = async () => {
    const extents = (await log.partitionCount('pushed')) === undefined ? [] : [...(await log.extents('pushed')).keys()];
    return extents.flatMap((partition) => log.read('pushed', partition, 0n, Infinity).records);
  };
  const valuesOf = async () =>
    (await stored()).map(({ value }) => JSON.parse(Buffer.from(value!).toString()) as { id: string });

  it('stores one record, an array or lines, and makes dead letters of what cannot be one', async () => {
    expect(await deliver('{"id":"a","word":"𠮷 🚀"}')).toMatchObject({ status: 202, body: { records: 1, dead: [] } });
    const two = await deliver('[{"id":"b","word":"x"},{"word":"no id"}]');
    expect(two).toMatchObject({ status: 202, body: { feed: 'pushed', records: 1, dropped: 0 } });
    expect(two.body['dead']).toEqual([expect.stringContaining('No such key: id')]);
    const lines = await deliver('{"id":"c","word":"y"}\n{"id":"d","word":"z"}', {
      'content-type': 'application/x-ndjson',
    });
    expect(lines.body).toMatchObject({ records: 2 });
    expect((await valuesOf()).map(({ id }) => id).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(letters.map(({ pipeline }) => pipeline)).toEqual(['feed:pushed']);
    expect(counted).toEqual([1, 1, 2]);
  });

  it('needs no API key, but the signature of the body', async () => {
    for (const wrong of [
      '',
      'sha256=',
      'sha256=00',
      sign('{"id":"other"}'),
      sign('{"id":"a"}', 'guessed secret'),
      sign('{"id":"a"}').slice(7),
    ]) {
      const answer = await deliver('{"id":"a"}', { 'x-hub-signature-256': wrong });
      expect(answer).toMatchObject({ status: 401, body: { type: 'urn:millrace:problem:signature' } });
    }
    expect(await stored()).toEqual([]);
  });

  it('stores a delivery once, however often it is repeated', async () => {
    const body = '{"id":"a","word":"x"}';
    const first = await deliver(body, { 'x-delivery': 'd-1' });
    const again = await deliver(body, { 'x-delivery': 'd-1' });
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    await deliver(body, { 'x-delivery': 'd-2' });
    expect(await stored()).toHaveLength(2);
  });

  it('refuses what is no JSON, more than the rate allows, and feeds that take no deliveries', async () => {
    expect((await deliver('<html>')).status).toBe(400);
    const many = JSON.stringify(Array.from({ length: 90 }, (_, i) => ({ id: String(i), word: '' })));
    expect((await deliver(many)).status).toBe(202);
    expect((await deliver(many)).status).toBe(429);
    for (const name of ['nowhere', 'off', 'polled']) {
      expect(await deliver('{}', {}, name)).toMatchObject({ status: 404, body: { known: ['pushed'] } });
    }
  });

  it('leaves the list of feeds to those who have a key, and shows no secret there', async () => {
    expect((await fetch(`${url}/v1/feeds`)).status).toBe(401);
    const response = await fetch(`${url}/v1/feeds`, { headers: { 'x-api-key': 'the-key' } });
    const text = await response.text();
    expect(text).not.toContain('secret');
    const { feeds } = JSON.parse(text) as { feeds: object[] };
    expect(feeds).toEqual([
      expect.objectContaining({ name: 'off', state: 'disabled' }),
      expect.objectContaining({ name: 'polled', from: 'http://up/x', when: 'every 30s', state: 'waiting' }),
      expect.objectContaining({ name: 'pushed', from: '/v1/feeds/pushed', state: 'running', topic: 'pushed' }),
    ]);
    const one = await fetch(`${url}/v1/feeds/polled`, { headers: { 'x-api-key': 'the-key' } });
    expect(await one.json()).toMatchObject({ kind: 'http-poll', topic: 't' });
    expect((await fetch(`${url}/v1/feeds/nowhere`, { headers: { 'x-api-key': 'the-key' } })).status).toBe(404);
  });
});
