import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { OutgoingRecord } from '../../core/ports/record-producer.port';
import type { StateStore } from '../../core/ports/state-store.port';
import type { JsonObject } from '../../core/task/merge-patch';
import { PARKED_SEGMENT } from '../../core/task/own-segments';
import { decodeParked } from '../../core/task/parked-record';
import { releaseRecord } from '../../core/task/release';
import { sourcePlace } from '../../core/task/source-place';
import { letterName, type StoredLetter } from './stored-letter';

export interface WaitingPorts {
  readonly stateStore: Pick<StateStore, 'load'>;
}

/** A record that waits because its key is parked. */
export interface WaitingRecord {
  readonly keyText: string;
  readonly value: Uint8Array | null;
}

/** What a letter's record is to be released with. */
export interface LetterRelease {
  readonly letter: StoredLetter;
  readonly keyText: string;
  /** In place of its own. */
  readonly value?: Uint8Array;
}

/** Of the values in one release, so that it is a record that brokers take by default (1 MiB) when they are base64. */
export const MAX_RELEASED_BYTES = 700 * 2 ** 10;

/** Letters of records that are not gone: they wait in the state of a task, because their key is parked. */
export class WaitingLetters {
  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly ports: WaitingPorts,
  ) {}

  /** The record of each letter that still waits, by the letter's name. Throws TransientError when the store is away. */
  async recordsOf(letters: readonly StoredLetter[]): Promise<ReadonlyMap<string, WaitingRecord>> {
    const records = new Map<string, WaitingRecord>();
    const byTask = Map.groupBy(
      letters.filter(({ parkedAt }) => parkedAt),
      ({ parkedAt }) => parkedAt!.partition,
    );
    for (const [partition, ofTask] of byTask) {
      const refs = ofTask.map(({ parkedAt }) => ({ segment: PARKED_SEGMENT, entry: parkedAt!.offset.toString() }));
      const values = await this.ports.stateStore.load({ pipeline: this.pipeline.name, partition }, refs);
      ofTask.forEach((letter, i) => {
        const waiting = values[i] && waitingRecord(letter, values[i], partition);
        if (waiting) records.set(letterName(letter), waiting);
      });
    }
    return records;
  }

  /**
   * One release for each key, in the order of their first letters; more where the values are too large for one. Twice the same does
   * what once does.
   */
  releases(released: readonly LetterRelease[], patch: JsonObject | undefined): readonly OutgoingRecord[] {
    const byKey = Map.groupBy(released, ({ keyText }) => keyText);
    return [...byKey].flatMap(([keyText, ofKey]) =>
      inParts(ofKey).map((part) => {
        const { key, source } = part[0]!.letter;
        const places = [...new Set(part.map(({ letter }) => letterName(letter)))];
        const values = new Map(part.flatMap(({ letter, value }) => (value ? [[letterName(letter), value]] : [])));
        return releaseRecord(
          { keyText, places, ...(values.size > 0 ? { values } : patch && { patch }) },
          { pipeline: this.pipeline.name, messageKey: key, partition: source.partition },
        );
      }),
    );
  }
}

function inParts(released: readonly LetterRelease[]): readonly (readonly LetterRelease[])[] {
  const parts: LetterRelease[][] = [];
  let bytes = Infinity;
  for (const one of released) {
    const length = one.value?.length ?? 0;
    if (bytes + length > MAX_RELEASED_BYTES) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)!.push(one);
    bytes += length;
  }
  return parts;
}

/** `undefined` when another record waits there, as after a reset. */
function waitingRecord({ source }: StoredLetter, value: Uint8Array, partition: number): WaitingRecord | undefined {
  const { keyText, record } = decodeParked(value);
  const place = sourcePlace(record, { pipeline: '', partition });
  const isIt = place.partition === source.partition && place.record.offset === source.offset;
  return isIt ? { keyText, value: record.value } : undefined;
}
