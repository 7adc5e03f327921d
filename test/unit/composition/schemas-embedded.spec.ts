import { embeddedPorts } from '../../../src/composition/embedded-ports';
import { FatalError, PoisonRecordError } from '../../../src/core/errors';
import { valueWriter } from '../../../src/ingestion/value-writer';
import { toSourceRecord } from '../../../src/ingestion/source-record';
import { isExact } from '../../../src/core/ports/row-sink.port';
import type { Ports } from '../../../src/runtime/ports';
import { compiledWith, EPOCH_MS } from '../../support/pipelines';
import { schemaIdOf } from '../../../src/core/decoding/schema-header';

const SCHEMA = JSON.stringify({
  type: 'record',
  name: 'Reading',
  fields: [
    { name: 'key', type: 'string' },
    { name: 't', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'x', type: ['null', 'double'], default: null },
  ],
});
const ROW_SCHEMA = (total: string) =>
  JSON.stringify({
    type: 'record',
    name: 'Row',
    fields: [
      { name: 'key', type: { type: 'record', name: 'Key', fields: [{ name: 'key', type: 'string' }] } },
      {
        name: 'values',
        type: ['null', { type: 'record', name: 'Values', fields: [{ name: 'total', type: total }] }],
        default: null,
      },
      { name: 'final', type: 'boolean' },
    ],
  });
const bytes = (value: object) => new TextEncoder().encode(JSON.stringify(value));

describe('a service without servers', () => {
  let ports: Ports;
  const source = { topic: 'readings', format: 'avro', time: { field: 't' }, schema: { text: SCHEMA } };
  beforeEach(() => (ports = embeddedPorts()));

  it('writes JSON that comes from outside by the schema of the pipeline, and can read it', async () => {
    const pipeline = compiledWith({ source });
    const write = await valueWriter(pipeline, ports.schemas, 0);
    const { record, eventTimeMs, fault } = toSourceRecord(
      pipeline,
      bytes({ key: 'a', t: EPOCH_MS, x: 2 }),
      EPOCH_MS,
      write,
    );
    expect({ eventTimeMs, fault, key: record.key }).toEqual({ eventTimeMs: EPOCH_MS, fault: undefined, key: 'a' });
    expect(schemaIdOf(record.value as Uint8Array)).toBe(1);
    const refused = toSourceRecord(pipeline, bytes({ key: 'a', t: EPOCH_MS, x: 'much' }), EPOCH_MS, write);
    expect(refused.fault).toEqual(new PoisonRecordError('bad-value', 'field "x" is "much"; a number is needed'));
  });

  it('says that there is no schema to write by when neither registry nor pipeline has one', async () => {
    const pipeline = compiledWith({ source: { ...source, schema: undefined } });
    await expect(valueWriter(pipeline, ports.schemas, 0)).rejects.toThrow('Subject readings-value has no schema');
  });

  it.each(['at-least-once', 'exactly-once'])('writes rows by the schema of their topic, %s', async (delivery) => {
    const kafka = { topic: 'out', delivery, format: 'avro', schema: { text: ROW_SCHEMA('double') } };
    const pipeline = compiledWith({ sinks: [{ kafka }] });
    await ports.topics.ensure([{ topic: 'out', partitions: 1, purpose: 'output' }]);
    const [sink] = await ports.sinksOf(pipeline);
    const row = {
      ...{ pipeline: 'test', key: { key: 'a' }, keyText: 'a', window: undefined, values: { total: 1.5, n: 2 } },
      ...{ revision: 4n, final: false },
    };
    const never = new AbortController().signal;
    if (isExact(sink!)) {
      const task = { pipeline: 'test', partition: 0 };
      const part = await sink.openFor({ task, generation: 0n, sourceTopic: 'readings', state: new Map() });
      await part.write([row], { nextOffset: 1n, leavesHalfClosed: false }, never);
    } else await sink!.write([row], never);
    const { records } = await ports.topicReader.read('out', 0, 0n);
    const decode = await ports.schemas.decoderOf(1, { format: 'avro' });
    expect(decode(records[0]!.value!)).toEqual({ key: { key: 'a' }, values: { total: 1.5 }, final: false });
  });

  it('stops a pipeline whose rows do not fit their schema', async () => {
    const kafka = { topic: 'out', format: 'avro', schema: { text: ROW_SCHEMA('string') } };
    const [sink] = await ports.sinksOf(compiledWith({ sinks: [{ kafka }] }));
    const row = { pipeline: 'test', key: { key: 'a' }, keyText: 'a', window: undefined, values: { total: 1.5 } };
    if (isExact(sink!)) throw new Error('a sink of its own kind is needed');
    const written = sink!.write([{ ...row, revision: 4n, final: false }], new AbortController().signal);
    await expect(written).rejects.toThrow(FatalError);
    await expect(written).rejects.toThrow('field "values.total" is 1.5; text is needed');
  });
});
