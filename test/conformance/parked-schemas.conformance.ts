import { KafkaDeadLetterSink } from '../../src/adapters/kafka/kafka-dead-letter-sink';
import { MemoryTopicReader } from '../../src/adapters/memory/memory-topic-reader';
import { RegistrySchemaCodec } from '../../src/adapters/schema-registry/registry-schema-codec';
import { schemaIdOf } from '../../src/core/decoding/schema-header';
import type { SchemaCodec, ValueEncoder } from '../../src/core/ports/schema-codec.port';
import type { SchemaFormat } from '../../src/core/ports/schema-registry.port';
import type { JsonObject } from '../../src/core/task/merge-patch';
import { replayLetters, type ReplaySummary } from '../../src/runtime/dead-letters/replay-letters';
import { compiledWith, EPOCH_MS } from '../support/pipelines';
import { RunnerHarness } from '../support/runner-harness';
import { schemaText } from '../support/user-schemas';
import { waitUntil } from '../support/wait-until';
import type { SchemaRegistryHarness } from './schema-registry.conformance';

/** Beyond 2^53 a number is text with all its digits, of which there is no sum. */
const TOO_MUCH = '9223372036854775807';
const SUMS = {
  ...{ onPoison: 'park', checkpoint: { interval: '10ms' }, errorBudget: { share: 1 }, key: ['key'] },
  ...{ aggregate: { n: 'count()', total: 'sum(x)' }, window: { kind: 'count', size: 2 } },
};
const NONE = { replayed: 0, released: 0, before: 0, inDoubt: 0, gone: 0, notPatched: 0, more: false };

const SCHEMAS: readonly [SchemaFormat, string, bad: unknown][] = [
  [
    'avro',
    schemaText('avro', {
      ...{ type: 'record', name: 'Reading' },
      fields: [
        ...['key', 'note'].map((name) => ({ name, type: 'string' })),
        ...['t', 'x'].map((name) => ({ name, type: 'long' })),
      ],
    }).text,
    TOO_MUCH,
  ],
  [
    'protobuf',
    'syntax = "proto3";\nmessage Reading { string key = 1; int64 t = 2; int64 x = 3; string note = 4; }\n',
    TOO_MUCH,
  ],
  [
    'json-schema',
    schemaText('json-schema', {
      ...{ $schema: 'http://json-schema.org/draft-07/schema#', type: 'object', additionalProperties: false },
      properties: {
        key: { type: 'string' },
        t: { type: 'integer' },
        x: { type: ['integer', 'string'] },
        note: { type: 'string' },
      },
    }).text,
    'many',
  ],
];

interface Release {
  readonly values: Readonly<Record<string, string>>;
}

/** What a replay with a patch does to records of parked keys whose values have schemas of this registry. */
export function describeParkedSchemas(name: string, open: () => Promise<SchemaRegistryHarness>): void {
  describe.each(SCHEMAS)(`records of parked keys in ${name}: %s`, (format, schema, bad) => {
    let registry: SchemaRegistryHarness;
    let codec: SchemaCodec;
    let harness: RunnerHarness;
    let encoder: ValueEncoder;
    let written: number;

    beforeEach(async () => {
      written = 0;
      registry = await open();
      codec = new RegistrySchemaCodec(registry.registry, { now: () => Date.now() });
      const subject = registry.newSubject();
      const source = { ...{ topic: 'readings', format, schema: { text: schema, subject } }, time: { field: 't' } };
      harness = new RunnerHarness(compiledWith({ ...SUMS, source }));
      harness.schemas = codec;
      encoder = await codec.encoderFor({ format, subject, schema });
      await harness.createTopic();
      await harness.log.ensure([{ topic: `${harness.topic}.dead`, partitions: 1, purpose: 'dead' }]);
      await harness.own();
    });
    afterEach(async () => {
      await harness.end();
      await registry.close();
    });

    const produce = (...xs: unknown[]): Promise<unknown> =>
      harness.log.send(
        harness.topic,
        xs.map((x) => ({ key: 'a', value: encoder.encode({ key: 'a', t: EPOCH_MS, x, note: 'Äнв 🌫' }) })),
      );
    const committed = (offset: bigint): Promise<unknown> =>
      waitUntil(`offset ${offset} is committed`, async () => {
        const checkpoint = await harness.store.peek({ pipeline: 'test', partition: 0 });
        return checkpoint?.progress.nextOffset === offset;
      });
    const replay = async (patch: JsonObject): Promise<ReplaySummary> => {
      const { log, ledger, store } = harness;
      const letters = harness.deadLetters.slice(written);
      written = harness.deadLetters.length;
      await new KafkaDeadLetterSink(log).write(letters, new AbortController().signal);
      const ports = { topics: log, topicReader: new MemoryTopicReader(log), producer: log, ledger, stateStore: store };
      return replayLetters(harness.pipeline, { pipeline: 'test', limit: 100, patch }, { ...ports, schemas: codec });
    };
    const totals = (): unknown[] => harness.tables.rows('test').map(({ values }) => values);

    it('are put right through their schema, and go on in their order', async () => {
      await produce(1, bad, 3, bad);
      await committed(4n);
      expect(harness.deadLetters.map(({ record }) => record.offset)).toEqual([1n, 3n]);
      expect(await replay({ x: 10 })).toEqual({ ...NONE, released: 2 });
      await committed(5n);
      await waitUntil('both rows are complete', () => totals().length === 2);
      expect(totals()).toEqual([
        { n: 2, total: 11 },
        { n: 2, total: 13 },
      ]);
    });

    it('keep all that the patch does not name, and the id of their schema', async () => {
      await produce(bad);
      await committed(1n);
      const sent: Uint8Array[] = [];
      const send = harness.log.send.bind(harness.log);
      harness.log.send = (topic, records) => {
        const releases = records.flatMap(({ value }) =>
          typeof value === 'string' ? [JSON.parse(value) as Release] : [],
        );
        const values = releases.flatMap((release) => Object.values(release.values));
        sent.push(...values.map((text) => Buffer.from(text, 'base64')));
        return send(topic, records);
      };
      await replay({ x: 7 });
      expect(sent.map(schemaIdOf)).toEqual([encoder.schemaId]);
      const decode = await codec.decoderOf(encoder.schemaId, { format });
      expect(decode(sent[0]!)).toEqual({ key: 'a', t: EPOCH_MS, x: 7, note: 'Äнв 🌫' });
    });

    it('stay where they are when the schema does not hold the patched value, and the reason is told', async () => {
      await produce(bad, 2);
      await committed(2n);
      const summary = await replay({ x: [1] });
      expect(summary).toEqual({
        ...NONE,
        notPatched: 1,
        notPatchedBecause: expect.stringMatching(/^0:0 [a-z-]+: .*x/s),
      });
      expect(harness.deadLetters).toHaveLength(1);
      expect(await replay({ x: 1 })).toMatchObject({ released: 1 });
      await committed(3n);
      await waitUntil('the row is there', () => totals().length === 1);
      expect(totals()).toEqual([{ n: 2, total: 3 }]);
    });
  });
}
