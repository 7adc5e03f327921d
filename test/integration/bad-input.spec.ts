import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { AirQualityCopy, type TopicRecord } from '../support/air-quality';
import { ServiceProcess } from '../support/service';
import { waitUntil } from '../support/wait-until';

jest.setTimeout(120_000);

const POST = 'Beijing US Post';
const DEEP = '['.repeat(50_000) + ']'.repeat(50_000);

interface Sent {
  readonly key: string | null;
  readonly value: Buffer | null;
}

const reading = (fields: Record<string, unknown>): string =>
  JSON.stringify({ observed_at: '2013-01-01T00:00:00+08:00', location: POST, pm25: 1, ...fields });

/** Each with the reason for which it must be refused and words that its message must have. */
const BAD: readonly (readonly [
  what: string,
  reason: string,
  words: string,
  value: string | Buffer | null,
  key?: string,
])[] = [
  ['bytes that are no text', 'not-decodable', 'no UTF-8', Buffer.from([0xff, 0xfe, 0x00, 0x81])],
  ['text that is no JSON', 'not-decodable', 'no JSON', 'pm25=81'],
  ['NaN, which JSON has not', 'not-decodable', 'no JSON', '{"observed_at":NaN,"location":"Beijing US Post","pm25":1}'],
  ['a list', 'not-decodable', 'a list', '[]'],
  ['no value', 'not-decodable', 'no value', null],
  ['no time', 'bad-time', '"observed_at" is missing', reading({ observed_at: undefined })],
  ['year 9999', 'bad-time', 'not between 1970 and 2100', reading({ observed_at: '9999-12-31T23:59:59Z' })],
  ['year 9999 in seconds', 'bad-time', 'not between 1970 and 2100', reading({ observed_at: 253_402_300_799 })],
  ['a negative time', 'bad-time', 'not between 1970 and 2100', reading({ observed_at: -1 })],
  ['a time as text', 'bad-time', 'a number as text', reading({ observed_at: '1356998400' })],
  ['a time nested deeply', 'bad-time', 'is no time', `{"observed_at":${DEEP},"location":"${POST}","pm25":1}`],
  ['no key field', 'bad-key', '"location" is null', reading({ location: undefined })],
  ['an empty key', 'bad-key', '"location" is empty', reading({ location: '' }), ''],
  ['a key of 40 kB', 'bad-key', 'at most 32768', reading({ location: 'k'.repeat(40_000) })],
  ['a number as text', 'expression-failed', 'string >= int', reading({ pm25: '81' })],
  ['a value nested deeply', 'expression-failed', 'where', `{"observed_at":0,"location":"${POST}","pm25":${DEEP}}`],
  ['another message key', 'wrong-message-key', 'Chengdu', reading({}), 'Chengdu US Post'],
  ['2 MB', 'too-large', 'at most 1048576', reading({ comment: 'x'.repeat(2_000_000) })],
];

/** A good record of hour `hour` before each bad one and after the last, so that each bad one has something to block. */
function mixed(): Sent[] {
  const good = (hour: number): Sent => {
    const observed_at = new Date(Date.UTC(2013, 0, 1, hour)).toISOString();
    return { key: POST, value: Buffer.from(reading({ observed_at, pm25: hour })) };
  };
  const bad = BAD.flatMap(([, , , value, key], i) => [
    good(i),
    { key: key ?? POST, value: typeof value === 'string' ? Buffer.from(value) : value },
  ]);
  return [...bad, good(BAD.length)];
}

describe('bad input on real servers', () => {
  let copy: AirQualityCopy;
  let service: ServiceProcess | undefined;

  beforeEach(async () => {
    copy = new AirQualityCopy();
    await copy.createTable();
  });
  afterEach(async () => {
    await service?.stop();
    service = undefined;
    await copy.close();
  });

  const started = async (name: string): Promise<ServiceProcess> => {
    service = await ServiceProcess.start(name, { MILLRACE_PIPELINES: copy.folder });
    return service.ready();
  };

  it('goes to the dead letters with its reason, place and bytes, is counted, and blocks nothing', async () => {
    const { url, json } = await started('poison').then((of) => ({ url: of.url, json: of.json.bind(of) }));
    for (const message of mixed()) await copy.produce([message]);
    await waitUntil('the pipeline has caught up', () => copy.hasCaughtUp());

    const letters = await copy.topicRecords(`${copy.topic}.dead`);
    const source = new Map((await copy.topicRecords(copy.topic)).map((record) => [placeOf(record), record]));
    expect(letters).toHaveLength(BAD.length);
    for (const [what, reason, words, value] of BAD) {
      const bytes = typeof value === 'string' ? Buffer.from(value) : value;
      const letter = letters.find((candidate) => sameBytes(candidate.bytes, bytes));
      expect({ what, reason: letter?.headers['millrace-reason'] }).toEqual({ what, reason });
      const { headers } = letter!;
      expect(headers['millrace-message']).toContain(words);
      expect(headers['millrace-message']).not.toMatch(/\n|\bat .*\.js:/);
      expect(headers['millrace-message']!.length).toBeLessThanOrEqual(1_000);
      expect(headers['millrace-pipeline']).toBe(copy.name);
      const { 'millrace-source-topic': topic, 'millrace-source-partition': partition } = headers;
      const original = source.get(`${partition}:${headers['millrace-source-offset']}`);
      expect(topic).toBe(copy.topic);
      expect(sameBytes(original?.bytes ?? null, bytes)).toBe(true);
      expect(letter!.key).toBe(original?.key);
    }

    const { totals } = await json<{ totals: unknown }>(`/v1/pipelines/${copy.name}`);
    expect(totals).toEqual({ accepted: BAD.length + 1, filtered: 0, late: 0, dead: BAD.length });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(deadByReason(metrics)).toEqual(countedByReason());
    await waitUntil('the table counts every good record, up to a second after the offsets do', async () => {
      const { rows } = await copy.table();
      return [...rows.values()].reduce((sum, { readings }) => sum + readings, 0) === BAD.length + 1;
    });
    const { rows } = await copy.table();
    expect(Object.fromEntries(rows)).toEqual({
      [`${POST}|2013-01-01`]: { avg_pm25: 7.5, max_pm25: 15, min_pm25: 0, readings: 16 },
      [`${POST}|2013-01-02`]: { avg_pm25: 17, max_pm25: 18, min_pm25: 16, readings: 3 },
    });
  });

  it('as a pipeline file is refused with its place and a suggestion, while the others run', async () => {
    const wrong = readFileSync(copy.file, 'utf8')
      .replace(`name: ${copy.name}`, 'name: wrong')
      .replace('  window:', '  windw:');
    writeFileSync(join(copy.folder, 'wrong.yaml'), wrong);
    const line = wrong.split('\n').findIndex((text) => text.includes('windw')) + 1;
    const running = await started('refused');

    const { pipelines } = await running.json<{ pipelines: Record<string, unknown>[] }>('/v1/pipelines');
    const states = pipelines.map(({ name, state }) => [name, state]);
    expect(states).toEqual([
      [copy.name, 'running'],
      ['wrong', 'refused'],
    ]);
    const place = `${join(copy.folder, 'wrong.yaml')}:${line}:3: `;
    expect(pipelines[1]!['reason']).toContain(place);
    expect(pipelines[1]!['reason']).toMatch(/windw.*did you mean "?window/i);
    const logged = readFileSync(running.logFile, 'utf8').split('\n');
    const event = logged.find((text) => text.includes('"pipeline.refused"'));
    expect(JSON.parse(event ?? '{}')).toMatchObject({ line, column: 3, message: expect.stringContaining('windw') });

    await copy.produce([{ key: POST, value: Buffer.from(reading({ pm25: 5 })) }]);
    await waitUntil('the right pipeline has its row', async () => (await copy.table()).rows.size === 1);
  });
});

function placeOf({ partition, offset }: TopicRecord): string {
  return `${partition}:${offset}`;
}

function sameBytes(some: Buffer | null, others: Buffer | null): boolean {
  return some === null || others === null ? some === others : some.equals(others);
}

function deadByReason(metrics: string): Record<string, number> {
  const lines = metrics.matchAll(/^millrace_dead_letters_total\{[^}]*reason="([^"]+)"[^}]*\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, reason, count]) => [reason!, Number(count)]));
}

function countedByReason(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [, reason] of BAD) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}
