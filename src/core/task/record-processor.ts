import { PoisonRecordError } from '../errors';
import type { SourceRecord } from '../ports/record-source.port';
import type { SeenSources } from '../repartition/seen-sources';
import { checkForwardable, isForwardable } from './forwarding';
import { releaseOf } from './release';
import { impersonal } from './releases';
import { roleOf } from './replayed-record';
import type { TaskParts } from './task-parts';

/** The order of work for one record. */
export class RecordProcessor {
  /** Records of a repartition topic that were dropped because they had been seen. */
  repeated = 0;

  constructor(private readonly parts: TaskParts) {}

  /**
   * `semantics.md` section 2; everything that can fail comes before the first change. Returns what was wrong with a
   * record that became a dead letter.
   */
  process(record: SourceRecord, next: bigint): PoisonRecordError | undefined {
    const { pipeline, reader, time, counts, forwarder, sources, intake } = this.parts;
    try {
      if (sources && !this.isNew(record, sources)) return undefined;
      if (record.origin?.partial) return void intake.addPartial(record, record.origin.partial, next);
      const role = roleOf(record, pipeline.definition.metadata.name);
      if (role === 'for another') return void counts.filtered++;
      if (role === 'release') return this.release(record, next);
      const fields = reader.decode(record);
      const eventTimeMs = reader.eventTimeMs(fields, record);
      if (!reader.accepts(fields, record, eventTimeMs)) {
        counts.filtered++;
        if (pipeline.advanceOn === 'all') time.advanceTo(eventTimeMs);
        return undefined;
      }
      reader.prepare(fields, record, eventTimeMs, next);
      if (forwarder) checkForwardable(record);
      if (this.waits(record)) return undefined;
      time.advanceTo(eventTimeMs);
      if (forwarder) forwarder.add(record, reader.contribution);
      else intake.add(record);
      intake.closeFirst();
      return undefined;
    } catch (error) {
      if (!(error instanceof PoisonRecordError)) throw error;
      return this.poisoned(record, impersonal(pipeline, record, error));
    }
  }

  /** A record whose key is known goes to the stage that owns the key, which finds the same and parks it. */
  private poisoned(record: SourceRecord, error: PoisonRecordError): PoisonRecordError | undefined {
    const { forwarder, parking, counts, delta } = this.parts;
    const keyText = parking.keyOfBad(record);
    if (forwarder && keyText !== undefined && isForwardable(record)) return forwarder.forward(record, keyText);
    counts.dead++;
    const isParked = !forwarder && keyText !== undefined && parking.records.add(keyText, record);
    delta.deadLetter(record, error, isParked);
    return error;
  }

  /** Whether the record in hand is of a parked key, behind which it now waits. */
  private waits(record: SourceRecord): boolean {
    const { parking, reader, counts, delta } = this.parts;
    const { keyText } = reader.contribution;
    if (!parking.records.holds(keyText)) return false;
    if (parking.records.add(keyText, record)) return true;
    counts.dead++;
    delta.deadLetter(record, parking.full(keyText));
    return true;
  }

  private release(record: SourceRecord, next: bigint): PoisonRecordError | undefined {
    const { forwarder, releases } = this.parts;
    const release = releaseOf(record);
    return forwarder ? forwarder.forward(record, release.keyText) : releases.process(release, next);
  }

  /** Of windows that close first: whether all have that the time of the record's partition closes. */
  closesBefore({ origin }: SourceRecord): boolean {
    const { sources, windows, time, delta } = this.parts;
    if (!sources || !origin || !windows.closesFirst) return true;
    sources.hear(origin);
    time.advanceWatermark(sources.watermarkMs);
    if (windows.closable > 0) delta.closeDue();
    return windows.closable === 0;
  }

  /** Takes the time of the source partition too. False for a mark and for a record that was seen. Throws PoisonRecordError. */
  private isNew({ origin }: SourceRecord, sources: SeenSources): boolean {
    if (!origin) {
      const message =
        'A record of the repartition topic does not say where it comes from: only Millrace may write there.';
      throw new PoisonRecordError('not-decodable', message);
    }
    const isNew = sources.take(origin);
    if (!isNew && !origin.isMark) this.repeated++;
    this.parts.time.advanceWatermark(sources.watermarkMs);
    return isNew;
  }
}
