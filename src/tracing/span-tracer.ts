import {
  type Attributes,
  type Link,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
} from '@opentelemetry/api';

import { messageOf } from '../core/errors';
import type { RecordBatch, SourceRecord } from '../core/ports/record-source.port';
import { type TaskId, taskName } from '../core/task/task-id';
import type { CheckpointFacts, RuntimeTracer } from '../runtime/runtime-tracer';
import { currentSampledTrace, spanContextOf } from './traceparent';
import { TRACEPARENT } from './traced-producer';

/** Of one span; OpenTelemetry drops what is beyond it. */
const MOST_LINKS = 128;

/**
 * Work as spans. A batch is linked to the traces that its records tell of, a checkpoint to the batches since the one before;
 * its writes are its children. So a trace leads from whoever produced a record to the row, although many go one way.
 */
export class SpanTracer implements RuntimeTracer {
  /** Batches since the last checkpoint, by task. */
  private readonly batches = new Map<string, Link[]>();

  constructor(private readonly tracer: Tracer) {}

  batch<T>(id: TaskId, batch: RecordBatch, work: () => Promise<T>): Promise<T> {
    const { topic, partition, records, fetchedOffset } = batch;
    const attributes = {
      ...taskAttributes(id),
      'messaging.system': 'kafka',
      'messaging.operation.type': 'process',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(partition),
      'messaging.consumer.group.name': id.pipeline,
      'messaging.batch.message_count': records.length,
      'messaging.kafka.offset': Number(fetchedOffset),
    };
    const options = { kind: SpanKind.CONSUMER, attributes, links: linksOf(records), root: true };
    return this.tracer.startActiveSpan('millrace.batch', options, ROOT_CONTEXT, (span) => {
      this.remember(id, span);
      return ended(span, work);
    });
  }

  checkpoint<T>(id: TaskId, { rows, nextOffset }: CheckpointFacts, work: () => Promise<T>): Promise<T> {
    const links = this.batches.get(taskName(id)) ?? [];
    this.batches.delete(taskName(id));
    const attributes = {
      ...taskAttributes(id),
      'millrace.rows': rows,
      'millrace.next_offset': Number(nextOffset),
    };
    const options = { attributes, links, root: true };
    return this.tracer.startActiveSpan('millrace.checkpoint', options, ROOT_CONTEXT, (span) => ended(span, work));
  }

  write<T>(target: string, work: () => Promise<T>): Promise<T> {
    const options = { kind: SpanKind.CLIENT, attributes: { 'millrace.target': target } };
    return this.tracer.startActiveSpan(`millrace.write ${target}`, options, (span) => ended(span, work));
  }

  currentTrace(): string | undefined {
    return currentSampledTrace();
  }

  private remember(id: TaskId, span: Span): void {
    const links = this.batches.get(taskName(id)) ?? [];
    if (links.length < MOST_LINKS) links.push({ context: span.spanContext() });
    this.batches.set(taskName(id), links);
  }
}

function taskAttributes({ pipeline, partition }: TaskId): Attributes {
  return { 'millrace.pipeline': pipeline, 'millrace.partition': partition };
}

/** Each trace once: many records of one batch come of one request. */
function linksOf(records: readonly SourceRecord[]): Link[] {
  const links = new Map<string, Link>();
  for (const { headers } of records) {
    const header = headers?.[TRACEPARENT];
    if (header === undefined || header === null || Array.isArray(header)) continue;
    const text = typeof header === 'string' ? header : Buffer.from(header as Uint8Array).toString('latin1');
    if (links.has(text)) continue;
    const context = spanContextOf(text);
    if (context) links.set(text, { context });
    if (links.size >= MOST_LINKS) break;
  }
  return [...links.values()];
}

async function ended<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
    throw error;
  } finally {
    span.end();
  }
}
