import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { CommittedReader } from '../support/committed-reader';
import { feedText } from '../support/feeds';
import { API, KafkaLink } from '../support/kafka-link';
import { uniqueName } from '../support/servers';
import { NO_FEEDS, ServiceProcess } from '../support/service';
import { startUpstream, type Upstream } from '../support/upstreams/upstream.mjs';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(150_000);

/** Of one answer; a poll has several records, so that half of one would show. */
const RECORDS = 7;

describe('a feed whose poller dies', () => {
  let upstream: Upstream;
  let folder: string;
  let topic: string;
  let reader: CommittedReader;
  let link: KafkaLink;
  const services: ServiceProcess[] = [];

  beforeAll(async () => {
    upstream = await startUpstream({
      '/next': (url) => {
        const after = Number(url.searchParams.get('after'));
        return { body: Array.from({ length: RECORDS }, (_, i) => ({ n: after + i + 1 })) };
      },
    });
  });
  afterAll(() => upstream.close());

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-feeds-'));
    topic = uniqueName('numbers');
    const source = `topic: ${topic}
partitions: 1
source:
  kind: http-poll
  url: ${upstream.url}/next
  every: 100ms
  query: { after: string(int(cursor)) }
  cursor: { start: '0', next: 'body[size(body) - 1].n' }`;
    writeFileSync(join(folder, 'numbers.yaml'), feedText(source, topic));
    link = await KafkaLink.open();
  });
  afterEach(async () => {
    await Promise.all(services.splice(0).map((service) => service.stop()));
    await reader?.close();
    await link.close();
    rmSync(folder, { recursive: true });
  });

  async function start(name: string, env: Record<string, string> = {}): Promise<ServiceProcess> {
    const service = await ServiceProcess.start(name, {
      ...{ MILLRACE_FEEDS: folder, MILLRACE_ROLES: 'ingest,serve', MILLRACE_PIPELINES: NO_FEEDS, ...env },
    });
    services.push(service);
    return service;
  }

  const numbers = (): number[] => reader.records.map(({ value }) => (JSON.parse(value) as { n: number }).n);
  const reach = (count: number) => waitUntil(`${count} records in ${topic}`, () => numbers().length >= count, 90_000);

  it.each([
    ['between fetching and producing', API.addPartitionsToTxn, false],
    ['between producing and storing the cursor', API.endTxn, false],
    ['after storing the cursor, before it knows', API.endTxn, true],
  ])('%s: the next one skips nothing and produces nothing twice', async (_, apiKey, isForwarded) => {
    const victim = await start('feeds-victim', { MILLRACE_KAFKA_BROKERS: link.address });
    await waitUntil('the victim polls', () => victim.logged('feed.running').length > 0);
    reader = await CommittedReader.of(topic);
    await reach(3 * RECORDS);
    const survivor = await start('feeds-survivor');
    await link.holdAt(apiKey, { isForwarded });
    await victim.kill();
    const before = upstream.requests.length;
    await waitUntil('the survivor runs the feed', () => survivor.logged('feed.running').length > 0);
    await waitUntil('it polls', () => upstream.requests.length > before + 3);
    await reach(numbers().length + 3 * RECORDS);
    const all = numbers();
    expect(all).toEqual(Array.from({ length: all.length }, (_, i) => i + 1));
    const { state, runsOn } = await survivor.json<{ state: string; runsOn: string }>(`/v1/feeds/${topic}`);
    expect(state).toBe('running');
    expect(runsOn).toMatch(/^millrace-/);
  });
});
