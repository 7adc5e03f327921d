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
import { WaitingLetters, type WaitingPorts } from './waiting-letters';
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
   * are left out, and so are those of parked keys whose values have schemas.
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
  /** Whether there may be more than `limit` allowed. */
  readonly more: boolean;
}

type Counts = { -readonly [Name in Exclude<keyof ReplaySummary, 'more'>]: ReplaySummary[Name] };

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
    return { ...this.counts, more: this.room === 0 };
  }

  /** Releases go first: what had no room to wait comes after what waits. */
  async send(letters: readonly StoredLetter[]): Promise<void> {
    const all = distinct(letters);
    const keys = await this.waiting.keysOf(all);
    await this.release(
      all.filter((letter) => keys.has(letterName(letter))),
      keys,
    );
    this.counts.before += all.filter((letter) => letter.parkedAt && !keys.has(letterName(letter))).length;
    await this.sendCopies(all.filter(({ parkedAt }) => !parkedAt));
  }

  /** A release of a key that is not parked does nothing: no ledger is needed. */
  private async release(letters: readonly StoredLetter[], keys: ReadonlyMap<string, string>): Promise<void> {
    if (letters.length === 0) return;
    // The task that puts them right cannot write with a schema: it asks nobody.
    if (this.options.patch && this.pipeline.schemas) {
      this.counts.notPatched += letters.length;
      return;
    }
    const { topic } = this.pipeline.definition.spec.source;
    await this.ports.producer.send(topic, this.waiting.releases(letters, keys, this.options.patch));
    this.counts.released += letters.length;
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
      const value = record && this.patchedValues ? await this.patchedValues.of(record.value) : record?.value;
      if (!record) this.counts.gone++;
      else if (value === undefined) this.counts.notPatched++;
      else records.set(letterName(letter), this.copyOf(letter, { key: record.key, value }));
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
