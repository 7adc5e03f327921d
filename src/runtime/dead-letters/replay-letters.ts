import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { OperatorLedger } from '../../core/ports/operator-ledger.port';
import type { OutgoingRecord, RecordProducer } from '../../core/ports/record-producer.port';
import type { SchemaCodec } from '../../core/ports/schema-codec.port';
import { REPLAY_FOR, REPLAY_OF } from '../../core/task/replayed-record';
import { isMeant, type LetterFilter } from './letter-filter';
import { type LetterPorts, LetterTopic } from './letter-topic';
import type { JsonObject } from '../../core/task/merge-patch';
import { PatchedValues } from './patched-values';
import { letterName, type StoredLetter } from './stored-letter';
import {
  type LetterRelease,
  MAX_RELEASED_BYTES,
  WaitingLetters,
  type WaitingPorts,
  type WaitingRecord,
} from './waiting-letters';
import { WholeRecords } from './whole-records';

export interface ReplayPorts extends LetterPorts, WaitingPorts {
  readonly producer: RecordProducer;
  readonly ledger: OperatorLedger;
  readonly schemas: SchemaCodec;
}

export interface ReplayOptions extends LetterFilter {
  /** At most so many are sent; the next call goes on. */
  readonly limit: number;
  /**
   * A JSON merge patch (RFC 7396) that puts each value right, through its schema if it has one. Letters to which it does not apply
   * are left out.
   */
  readonly patch?: JsonObject;
  /** Also sends letters of which a call that ended early may have sent some: they may then be in the topic twice. */
  readonly again?: boolean;
}

export interface ReplaySummary {
  readonly replayed: number;
  /** Their keys are parked: the task is told to process them now, and all that waits behind them. Not limited. */
  readonly released: number;
  /** Left out, because they were replayed or released before. */
  readonly before: number;
  /** Left out, because a call that ended early may have sent them. */
  readonly inDoubt: number;
  /** Left out, because they were too large for the dead-letter topic and the source has them no more. */
  readonly gone: number;
  /** Left out, because the patch does not apply. */
  readonly notPatched: number;
  /** What is in the way of the first of those, and the place of its record. */
  readonly notPatchedBecause?: string;
  /** Whether there may be more than `limit` allowed. */
  readonly more: boolean;
}

type Counts = { -readonly [Name in Exclude<keyof ReplaySummary, 'more' | 'notPatchedBecause'>]: ReplaySummary[Name] };

/** Of one request to the log and to the ledger: so many are in doubt if the process dies in it. */
const CHUNK = 500;

/**
 * Sends dead letters to the source topic again, in the order in which they were written, with their own key, timestamp
 * and headers; `millrace-replay-of` tells the place of the record, `millrace-replay-for` the pipeline, so that others
 * that read the topic leave it out. A letter is sent once, however often and by however many this is called: what was
 * sent is remembered in the ledger. Throws TransientError when a server is away; call again.
 */
export async function replayLetters(
  pipeline: CompiledPipeline,
  options: ReplayOptions,
  ports: ReplayPorts,
): Promise<ReplaySummary> {
  const topic = new LetterTopic(pipeline, ports);
  const replay = new LetterReplay(pipeline, options, ports);
  const extents = await topic.extents();
  const { fromMs } = options;
  const starts = fromMs !== undefined && extents.size > 0 ? await topic.offsetsAt(fromMs) : undefined;
  for (const [partition, { earliest, end }] of extents) {
    for await (const letters of topic.read(partition, starts?.get(partition) ?? earliest, end)) {
      const meant = letters.filter((letter) => isMeant(letter, options));
      for (let from = 0; from < meant.length;) {
        const some = meant.slice(from, from + Math.min(CHUNK, replay.room));
        await replay.send(some);
        if (replay.room === 0) return replay.summary;
        from += some.length;
      }
    }
  }
  return replay.summary;
}

class LetterReplay {
  private readonly counts: Counts = { replayed: 0, released: 0, before: 0, inDoubt: 0, gone: 0, notPatched: 0 };
  private notPatchedBecause: string | undefined;
  private readonly whole: WholeRecords;
  private readonly waiting: WaitingLetters;
  private readonly patchedValues: PatchedValues | undefined;

  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly options: ReplayOptions,
    private readonly ports: ReplayPorts,
  ) {
    this.whole = new WholeRecords(ports);
    this.waiting = new WaitingLetters(pipeline, ports);
    this.patchedValues = options.patch && new PatchedValues(pipeline, options.patch, ports.schemas);
  }

  /** How many may still be sent. */
  get room(): number {
    return this.options.limit - this.counts.replayed;
  }

  get summary(): ReplaySummary {
    const { notPatchedBecause } = this;
    return { ...this.counts, ...(notPatchedBecause && { notPatchedBecause }), more: this.room === 0 };
  }

  /** Releases go first: what had no room to wait comes after what waits. */
  async send(letters: readonly StoredLetter[]): Promise<void> {
    const all = distinct(letters);
    const waiting = await this.waiting.recordsOf(all);
    await this.release(
      all.filter((letter) => waiting.has(letterName(letter))),
      waiting,
    );
    this.counts.before += all.filter((letter) => letter.parkedAt && !waiting.has(letterName(letter))).length;
    await this.sendCopies(all.filter(({ parkedAt }) => !parkedAt));
  }

  /** A release of a key that is not parked does nothing: no ledger is needed. */
  private async release(letters: readonly StoredLetter[], waiting: ReadonlyMap<string, WaitingRecord>): Promise<void> {
    const released: LetterRelease[] = [];
    for (const letter of letters) {
      const { keyText, value } = waiting.get(letterName(letter))!;
      // The task patches JSON itself, when it comes to the release.
      const patchedOne = this.pipeline.schemas ? await this.patched(letter, value) : {};
      if (patchedOne) released.push({ letter, keyText, ...patchedOne });
    }
    if (released.length === 0) return;
    const { topic } = this.pipeline.definition.spec.source;
    await this.ports.producer.send(topic, this.waiting.releases(released, this.options.patch));
    this.counts.released += released.length;
  }

  /** The value that goes with a release, none without a patch; `undefined` for a letter that is left out. */
  private async patched(letter: StoredLetter, value: Uint8Array | null): Promise<{ value?: Uint8Array } | undefined> {
    if (!this.patchedValues) return {};
    const outcome = await this.patchedValues.of(value);
    if ('problem' in outcome) return this.leaveOut(letter, outcome.problem);
    if (outcome.value.length <= MAX_RELEASED_BYTES) return outcome;
    const sizes = `${outcome.value.length} bytes, and a release takes ${MAX_RELEASED_BYTES}`;
    return this.leaveOut(letter, `too-large: the value has ${sizes}; send the record anew, over /v1/ingest`);
  }

  private leaveOut(letter: StoredLetter, problem: string): undefined {
    this.counts.notPatched++;
    this.notPatchedBecause ??= `${letterName(letter)} ${problem}`;
  }

  /** The ledger is told before and after, so that what happens in between is known to be in doubt. */
  private async sendCopies(letters: readonly StoredLetter[]): Promise<void> {
    const { producer, ledger } = this.ports;
    const { name, definition } = this.pipeline;
    const outgoing = await this.outgoing(letters);
    const names = [...outgoing.keys()];
    const states = await ledger.beginReplay(name, names);
    const ours = names.filter((_, i) => states[i] === 'new' || (states[i] === 'begun' && this.options.again === true));
    this.counts.before += states.filter((state) => state === 'done').length;
    this.counts.inDoubt += names.length - ours.length - states.filter((state) => state === 'done').length;
    if (ours.length === 0) return;
    await producer.send(
      definition.spec.source.topic,
      ours.map((letter) => outgoing.get(letter)!),
    );
    await ledger.finishReplay(name, ours);
    this.counts.replayed += ours.length;
  }

  /** By the letter's name, in order. */
  private async outgoing(letters: readonly StoredLetter[]): Promise<ReadonlyMap<string, OutgoingRecord>> {
    const records = new Map<string, OutgoingRecord>();
    for (const letter of letters) {
      const record = letter.isShortened ? await this.whole.of(letter) : letter;
      if (!record) {
        this.counts.gone++;
        continue;
      }
      const outcome = this.patchedValues ? await this.patchedValues.of(record.value) : { value: record.value };
      if ('problem' in outcome) this.leaveOut(letter, outcome.problem);
      else records.set(letterName(letter), this.copyOf(letter, { key: record.key, value: outcome.value }));
    }
    return records;
  }

  private copyOf(letter: StoredLetter, content: Pick<OutgoingRecord, 'key' | 'value'>): OutgoingRecord {
    return {
      ...content,
      timestampMs: letter.timestampMs,
      sourceHeaders: letter.headers,
      headers: { [REPLAY_OF]: letterName(letter), [REPLAY_FOR]: this.pipeline.name },
    };
  }
}

/** The sink may store a letter twice. */
function distinct(letters: readonly StoredLetter[]): readonly StoredLetter[] {
  return [...new Map(letters.map((letter) => [letterName(letter), letter])).values()];
}
