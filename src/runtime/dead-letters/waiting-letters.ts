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

/** Letters of records that are not gone: they wait in the state of a task, because their key is parked. */
export class WaitingLetters {
  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly ports: WaitingPorts,
  ) {}

  /** The key of each letter whose record still waits, by the letter's name. Throws TransientError when the store is away. */
  async keysOf(letters: readonly StoredLetter[]): Promise<ReadonlyMap<string, string>> {
    const keys = new Map<string, string>();
    const byTask = Map.groupBy(
      letters.filter(({ parkedAt }) => parkedAt),
      ({ parkedAt }) => parkedAt!.partition,
    );
    for (const [partition, ofTask] of byTask) {
      const refs = ofTask.map(({ parkedAt }) => ({ segment: PARKED_SEGMENT, entry: parkedAt!.offset.toString() }));
      const values = await this.ports.stateStore.load({ pipeline: this.pipeline.name, partition }, refs);
      ofTask.forEach((letter, i) => {
        const keyText = values[i] && keyTextOf(letter, values[i], partition);
        if (keyText !== undefined) keys.set(letterName(letter), keyText);
      });
    }
    return keys;
  }

  /** One release for each key, in the order of their first letters. Twice the same does what once does. */
  releases(
    letters: readonly StoredLetter[],
    keys: ReadonlyMap<string, string>,
    patch: JsonObject | undefined,
  ): readonly OutgoingRecord[] {
    const byKey = Map.groupBy(letters, (letter) => keys.get(letterName(letter))!);
    return [...byKey].map(([keyText, ofKey]) => {
      const { key, source } = ofKey[0]!;
      const places = [...new Set(ofKey.map(letterName))];
      return releaseRecord(
        { keyText, places, ...(patch && { patch }) },
        { pipeline: this.pipeline.name, messageKey: key, partition: source.partition },
      );
    });
  }
}

/** `undefined` when another record waits there, as after a reset. */
function keyTextOf({ source }: StoredLetter, value: Uint8Array, partition: number): string | undefined {
  const { keyText, record } = decodeParked(value);
  const place = sourcePlace(record, { pipeline: '', partition });
  return place.partition === source.partition && place.record.offset === source.offset ? keyText : undefined;
}
