import { withSchemaId } from '../../../src/core/decoding/schema-header';
import { TransientError } from '../../../src/core/errors';
import type { ValueEncoder } from '../../../src/core/ports/schema-codec.port';
import { compiledWith, EPOCH_MS } from '../../support/pipelines';
import { RunnerHarness } from '../../support/runner-harness';
import { schemaText } from '../../support/user-schemas';
import { waitUntil } from '../../support/wait-until';

const field = (name: string, type: unknown, more: object = {}) => ({ name, type, ...more });
const readingSchema = (...fields: readonly object[]) =>
  schemaText('avro', {
    type: 'record',
    name: 'Reading',
    fields: [field('key', 'string'), field('t', { type: 'long', logicalType: 'timestamp-millis' }), ...fields],
  });
const WITH_X = readingSchema(field('x', 'double'));

describe('a running pipeline whose records have schemas in a registry', () => {
  let harness: RunnerHarness;
  let encoder: ValueEncoder;
  const start = (source: object = {}): void => {
    harness = new RunnerHarness(
      compiledWith({
        source: { topic: 'readings', format: 'avro', time: { field: 't' }, ...source },
        checkpoint: { interval: '10ms' },
      }),
    );
  };
  const encoderOf = (schema: ReturnType<typeof readingSchema>): Promise<ValueEncoder> =>
    harness.schemaPorts.schemas.encoderFor({ format: 'avro', subject: 'readings-value', schema: schema.text });
  const send = (value: Uint8Array | string | null) => harness.log.send('readings', [{ key: 'a', value }]);
  const sendReading = (second: number, x = 1) => send(encoder.encode({ key: 'a', t: EPOCH_MS + second * 1000, x }));
  const values = () => harness.tables.rows('test').map((row) => row.values);
  const totals = () => values().map((row) => row?.['total']);
  const reasons = () => harness.deadLetters.map(({ reason, message }) => [reason, message]);

  beforeEach(async () => {
    start();
    await harness.createTopic();
    encoder = await encoderOf(WITH_X);
  });
  afterEach(() => harness.end());

  it('reads them', async () => {
    await harness.own();
    await sendReading(1, 2);
    await sendReading(2, 3);
    await waitUntil('both are counted', () => totals()[0] === 5);
    expect(harness.deadLetters).toEqual([]);
  });

  it('puts aside what has no schema, an unknown one or another shape, and goes on', async () => {
    await harness.own();
    await send('{"key":"a"}');
    await send(Uint8Array.of(0, 1));
    await send(withSchemaId(77));
    await send(withSchemaId(1, Uint8Array.of(200)));
    await send(null);
    const other = schemaText('json-schema', { type: 'object' });
    const id = await harness.schemaPorts.schemaRegistry.register('other', other);
    await send(withSchemaId(id, new TextEncoder().encode('{}')));
    await sendReading(1, 4);
    await waitUntil('the good one is counted', () => totals()[0] === 4);
    expect(reasons()).toEqual([
      ['schema-header', expect.stringContaining('begins with byte 123') as string],
      ['schema-header', expect.stringContaining('has 2 bytes') as string],
      ['schema-unknown', 'the schema registry does not know schema 77'],
      ['not-decodable', expect.stringContaining('not what its Avro schema says') as string],
      ['not-decodable', 'the record has no value'],
      ['schema-incompatible', `values of schema ${id} cannot be read: it is json-schema, and the pipeline reads avro`],
    ]);
  });

  it('asks again for an id that was unknown, not at once but after a while', async () => {
    await harness.own();
    const next = readingSchema(field('x', 'double'), field('y', 'double', { default: 0 }));
    await send(withSchemaId(2));
    await waitUntil('it is a dead letter', () => harness.deadLetters.length === 1);
    encoder = await encoderOf(next);
    await sendReading(1, 1);
    await waitUntil('it is one again', () => harness.deadLetters.length === 2);
    harness.clock.ms += 10_000;
    await sendReading(2, 5);
    await waitUntil('the next one is counted', () => totals()[0] === 5);
  });

  it('waits while the registry is away, says so, and loses nothing', async () => {
    const { schemaRegistry } = harness.schemaPorts;
    const { byId } = schemaRegistry;
    schemaRegistry.byId = () => Promise.reject(new TransientError('The schema registry does not answer'));
    const owner = await harness.own();
    await sendReading(1, 2);
    await waitUntil('the status says paused', () => owner.runner.status().state === 'paused');
    expect(owner.runner.status().reason).toBe('The schema registry does not answer');
    schemaRegistry.byId = byId;
    await waitUntil('it is counted', () => totals()[0] === 2);
    expect(owner.runner.status().state).toBe('running');
    expect(harness.deadLetters).toEqual([]);
  });

  it('goes on when the writer adds a field, and when it leaves one out', async () => {
    await harness.own();
    await sendReading(1, 2);
    encoder = await encoderOf(readingSchema(field('x', 'double'), field('unit', 'string', { default: 'none' })));
    await sendReading(2, 3);
    encoder = await encoderOf(readingSchema(field('unit', 'string', { default: 'none' })));
    await sendReading(3);
    await waitUntil('all are counted', () => values()[0]?.['n'] === 3);
    expect(totals()).toEqual([5]);
  });

  it('reads by its own schema, whatever a record was written with', async () => {
    start({ schema: { text: readingSchema(field('x', 'double', { default: 10 })).text } });
    await harness.createTopic();
    encoder = await encoderOf(WITH_X);
    await harness.own();
    await sendReading(1, 2);
    encoder = await encoderOf(readingSchema());
    await sendReading(2);
    await waitUntil('both are counted', () => totals()[0] === 12);
  });

  it('puts aside what its own schema cannot read', async () => {
    start({ schema: { text: readingSchema(field('x', 'double'), field('unit', 'string')).text } });
    await harness.createTopic();
    encoder = await encoderOf(WITH_X);
    await harness.own();
    await sendReading(1);
    await waitUntil('it is a dead letter', () => harness.deadLetters.length === 1);
    expect(reasons()[0]).toEqual([
      'schema-incompatible',
      expect.stringContaining('values of schema 1 cannot be read: '),
    ]);
  });

  it('fails with the reason when its own schema is not there', async () => {
    start({ schema: { version: 9 } });
    await harness.createTopic();
    encoder = await encoderOf(WITH_X);
    const owner = await harness.own();
    await sendReading(1);
    await waitUntil('the status says failed', () => owner.runner.status().state === 'failed');
    expect(owner.runner.status().reason).toBe('The schema registry has no version 9 of subject readings-value');
  });
});
