import { MemorySchemaRegistry } from '../../../../src/adapters/memory/memory-schema-registry';
import { RegistrySchemaCodec } from '../../../../src/adapters/schema-registry/registry-schema-codec';
import { schemaObjections } from '../../../../src/adapters/schema-registry/schema-objections';
import { FeedBatchBuilder } from '../../../../src/core/feeds/feed-batch';
import { FIRST_STATE } from '../../../../src/core/feeds/feed-state';
import { feedEncoder } from '../../../../src/ingestion/feeds/feed-encoder';
import { answerOf, compiledFeed, feedText, problemsOf } from '../../../support/feeds';

const POLL = 'source: { kind: http-poll, url: "http://up/", every: 30s }';
const SCHEMA = JSON.stringify({
  type: 'record',
  name: 'Person',
  fields: [
    { name: 'name', type: 'string' },
    { name: 'age', type: 'int' },
  ],
});

describe('a feed that writes Avro', () => {
  const codec = new RegistrySchemaCodec(new MemorySchemaRegistry(schemaObjections), { now: () => Date.now() });
  const feed = compiledFeed(`topic: people\nformat: avro\nschema: { text: '${SCHEMA}' }\n${POLL}`);

  it('registers its schema, writes by it, and makes a dead letter of what it cannot hold', async () => {
    const encoder = await feedEncoder(feed, codec);
    const builder = new FeedBatchBuilder(feed, FIRST_STATE, 4, encoder);
    const answer = answerOf([
      { name: '𠮷 🚀 حسینی', age: 7 },
      { name: 'x', age: 'seven' },
      { name: 'y', age: 8 },
    ]);
    builder.add(feed.itemsOf(answer), answer);
    const { records, letters } = builder.batch();
    const decode = await codec.decoderOf(encoder!.schemaId, { format: 'avro' });
    expect(records.map(({ value }) => decode(value as Uint8Array))).toEqual([
      { name: '𠮷 🚀 حسینی', age: 7 },
      { name: 'y', age: 8 },
    ]);
    expect(letters).toMatchObject([{ reason: 'bad-value', message: expect.stringContaining('age') as string }]);
  });

  it.each([
    [`topic: t\nsubject: s\n${POLL}`, 'spec.subject: subject has no meaning for format json'],
    [`topic: t\nformat: avro\nmessage: M\n${POLL}`, 'spec.message: message has no meaning for format avro'],
    [`topic: t\nformat: avor\n${POLL}`, 'unknown value "avor"; did you mean "avro"?'],
    [`topic: t\nformat: avro\nschema: { file: x.avsc }\n${POLL}`, '7:19: spec.schema.file: cannot be read: '],
  ])('is refused with its place: %s', (spec, expected) => {
    expect(problemsOf(feedText(spec))).toEqual([expect.stringContaining(expected)]);
  });
});
