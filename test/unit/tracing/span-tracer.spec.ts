import { context, trace, TraceFlags } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AlwaysOffSampler, InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';

import { createLogger } from '../../../src/config/logger';
import type { OutgoingRecord, RecordProducer } from '../../../src/core/ports/record-producer.port';
import type { RecordBatch, RecordHeaders } from '../../../src/core/ports/record-source.port';
import { SpanTracer } from '../../../src/tracing/span-tracer';
import { tracedProducer } from '../../../src/tracing/traced-producer';
import { currentIds, currentTraceparent, spanContextOf } from '../../../src/tracing/traceparent';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const ID = { pipeline: 'p', partition: 2 };
const FACTS = { rows: 3, nextOffset: 9n };

const exporter = new InMemorySpanExporter();
const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
const manager = new AsyncLocalStorageContextManager().enable();

beforeAll(() => context.setGlobalContextManager(manager));
afterAll(() => context.disable());
beforeEach(() => exporter.reset());

const spans = () => exporter.getFinishedSpans();
const named = (name: string) => spans().find((span) => span.name === name)!;
const tracer = () => new SpanTracer(provider.getTracer('test'));
const nothing = () => Promise.resolve();

function batchOf(...headers: (RecordHeaders | undefined)[]): RecordBatch {
  const records = headers.map((each, i) => ({
    ...{ offset: BigInt(i), timestampMs: 0, key: null, value: null },
    ...(each && { headers: each }),
  }));
  return { topic: 't', partition: 2, fetchedOffset: 0n, endOffset: BigInt(records.length), records };
}

const traceparent = (trace_id = TRACE, span = SPAN) => `00-${trace_id}-${span}-01`;

describe('traced work', () => {
  it('links a batch to each trace that its records tell of, once', async () => {
    const other = 'a'.repeat(32);
    const batch = batchOf(
      { traceparent: traceparent() },
      { traceparent: Buffer.from(traceparent()) },
      undefined,
      { traceparent: traceparent(other) },
      { traceparent: 'nonsense' },
      { traceparent: [traceparent('b'.repeat(32))] },
    );
    await tracer().batch(ID, batch, nothing);
    const span = named('millrace.batch');
    expect(span.links.map((link) => link.context.traceId)).toEqual([TRACE, other]);
    expect(span.links[0]!.context).toMatchObject({ spanId: SPAN, isRemote: true });
    expect(span.attributes).toMatchObject({ 'messaging.destination.name': 't', 'messaging.batch.message_count': 6 });
  });

  it('bounds the links of a batch', async () => {
    const headers = Array.from({ length: 300 }, (_, i) => ({ traceparent: traceparent(`${i + 1}`.padStart(32, '0')) }));
    await tracer().batch(ID, batchOf(...headers), nothing);
    expect(named('millrace.batch').links).toHaveLength(128);
  });

  it('links a checkpoint to its batches, and has its writes as children', async () => {
    const traced = tracer();
    await traced.batch(ID, batchOf(undefined), nothing);
    await traced.batch(ID, batchOf(undefined), nothing);
    await traced.batch({ ...ID, partition: 3 }, batchOf(undefined), nothing);
    await traced.checkpoint(ID, FACTS, async () => {
      await Promise.all([traced.write('cassandra:ks.t', nothing), traced.write('live', nothing)]);
      await traced.write('state', nothing);
    });
    const batches = spans()
      .filter(({ name }) => name === 'millrace.batch')
      .map((span) => span.spanContext().spanId);
    const checkpoint = named('millrace.checkpoint');
    expect(checkpoint.links.map((link) => link.context.spanId)).toEqual(batches.slice(0, 2));
    expect(checkpoint.attributes).toMatchObject({ 'millrace.rows': 3, 'millrace.next_offset': 9 });
    for (const target of ['cassandra:ks.t', 'live', 'state']) {
      expect(named(`millrace.write ${target}`).parentSpanContext?.spanId).toBe(checkpoint.spanContext().spanId);
    }
    await traced.checkpoint(ID, FACTS, nothing);
    expect(spans().at(-1)!.links).toEqual([]);
  });

  it('begins a trace of its own wherever a checkpoint is started', async () => {
    const traced = tracer();
    await traced.batch(ID, batchOf(undefined), () => traced.checkpoint(ID, FACTS, nothing));
    expect(named('millrace.checkpoint').parentSpanContext).toBeUndefined();
  });

  it('gives back what the work gives, and marks what fails', async () => {
    expect(await tracer().write('x', () => Promise.resolve(7))).toBe(7);
    const failing = tracer().write('y', () => Promise.reject(new Error('away')));
    await expect(failing).rejects.toThrow('away');
    expect(named('millrace.write y').status.message).toContain('away');
  });

  it('puts its ids into the lines of the log that it writes, and into no others', async () => {
    const lines: string[] = [];
    const log = createLogger('info', { write: (line) => void lines.push(line) }, currentIds);
    log.info('before');
    await tracer().write('out', () => Promise.resolve(log.info('during')));
    const { traceId, spanId } = named('millrace.write out').spanContext();
    const [before, during] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(before).not.toHaveProperty('trace_id');
    expect(during).toMatchObject({ message: 'during', trace_id: traceId, span_id: spanId });
  });

  it('tells the trace of the work that asks, where it is kept', async () => {
    expect(tracer().currentTrace()).toBeUndefined();
    const told = await tracer().write('kept', () => Promise.resolve(tracer().currentTrace()));
    expect(told).toBe(named('millrace.write kept').spanContext().traceId);
    const sampled = new TracerProvider({ sampler: new AlwaysOffSampler() });
    const left = new SpanTracer(sampled.getTracer('test'));
    expect(await left.write('left out', () => Promise.resolve(left.currentTrace()))).toBeUndefined();
  });

  it('gives records that are sent its context, except copies that have one', async () => {
    const sent: OutgoingRecord[] = [];
    const producer: RecordProducer = {
      send: (_topic, records) => {
        sent.push(...records);
        return Promise.resolve([]);
      },
    };
    const traced = tracedProducer(producer, currentTraceparent);
    const record = { key: null, value: null };
    const copied = { ...record, sourceHeaders: { traceparent: traceparent() } };
    await traced.send('t', [record]);
    await tracer().write('out', () =>
      traced.send('t', [{ ...record, headers: { a: 'b' } }, copied]).then(() => undefined),
    );
    const { traceId, spanId } = named('millrace.write out').spanContext();
    expect(sent).toEqual([
      record,
      { ...record, headers: { a: 'b', traceparent: traceparent(traceId, spanId) } },
      copied,
    ]);
  });
});

describe('a traceparent', () => {
  it.each([
    ['of this version', traceparent(), TraceFlags.SAMPLED],
    ['that is not sampled', `00-${TRACE}-${SPAN}-00`, TraceFlags.NONE],
    ['of a later version, with more', `01-${TRACE}-${SPAN}-01-more`, TraceFlags.SAMPLED],
  ])('%s is read', (_what, header, traceFlags) => {
    expect(spanContextOf(header)).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags, isRemote: true });
  });

  it.each(
    [
      ['', `00-${TRACE}-${SPAN}`, `ff-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01-more`],
      [`00-${'0'.repeat(32)}-${SPAN}-01`, `00-${TRACE}-${'0'.repeat(16)}-01`, `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ].flat(),
  )('that is wrong is none: %p', (header) => {
    expect(spanContextOf(header)).toBeUndefined();
  });

  it('is none outside of any work', () => {
    expect(trace.getActiveSpan()).toBeUndefined();
    expect(currentTraceparent()).toBeUndefined();
  });
});
