import { Inject, Injectable } from '@nestjs/common';
import { ConfigError, RecordTooLargeError } from '../core/errors';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { OutgoingRecord, RecordPosition } from '../core/ports/record-producer.port';
import { PIPELINES, type Pipelines } from '../runtime/pipelines';
import { PORTS, type Ports } from '../runtime/ports';
import { badRecords, bodyTooLarge, noSchema, type RecordFault, unknownTopic } from './ingest-problems';
import { toSourceRecord } from './source-record';
import { valueWriter } from './value-writer';

/** Puts records that came over HTTP into source topics: all of a request or, if one cannot be processed, none. */
@Injectable()
export class HttpIngest {
  constructor(
    @Inject(PIPELINES) private readonly pipelines: Pipelines,
    @Inject(PORTS) private readonly ports: Ports,
  ) {}

  /** The pipelines that read `topic`. Throws a 404 naming the topics there are. */
  readersOf(topic: string): readonly CompiledPipeline[] {
    const all = this.pipelines.all();
    const readers = all.filter(({ definition }) => definition.spec.source.topic === topic);
    if (readers.length > 0) return readers;
    throw unknownTopic(topic, [...new Set(all.map(({ definition }) => definition.spec.source.topic))].sort());
  }

  /**
   * Resolves once the log has all records, with their places in the order given. `traceparent` is the trace context of
   * who sent them (W3C), which goes with each. Throws a 413 or 422.
   */
  async store(topic: string, values: readonly Uint8Array[], traceparent?: string): Promise<readonly RecordPosition[]> {
    const readers = this.readersOf(topic);
    const nowMs = this.ports.clock.now();
    const writers = await this.writersOf(readers, nowMs);
    const faults: RecordFault[] = [];
    const records = values.map((value, index) => {
      // Keyed as the first pipeline groups: the others, if they group otherwise, say so at start.
      const [own, ...others] = readers.map((pipeline, i) => toSourceRecord(pipeline, value, nowMs, writers[i]));
      const fault = [own!, ...others].find((candidate) => candidate.fault)?.fault;
      if (fault) faults.push({ index, detail: fault.message });
      return own!.record;
    });
    if (faults.length > 0) throw badRecords(faults);
    const withTrace = (record: OutgoingRecord): OutgoingRecord => ({
      ...record,
      headers: { traceparent: traceparent! },
    });
    try {
      return await this.ports.producer.send(topic, traceparent === undefined ? records : records.map(withTrace));
    } catch (thrown) {
      if (thrown instanceof RecordTooLargeError)
        throw bodyTooLarge(`${thrown.message}; records before it may be stored.`);
      throw thrown;
    }
  }

  private async writersOf(readers: readonly CompiledPipeline[], nowMs: number) {
    const { schemas } = this.ports;
    try {
      return await Promise.all(readers.map((pipeline) => valueWriter(pipeline, schemas, nowMs)));
    } catch (error) {
      if (error instanceof ConfigError) throw noSchema(error.message);
      throw error;
    }
  }
}
