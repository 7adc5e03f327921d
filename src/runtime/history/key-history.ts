import { ConfigError } from '../../core/errors';
import { KeyFold } from '../../core/history/key-fold';
import type { JsonPrimitive, JsonValue } from '../../core/json';
import { partitionOf } from '../../core/partitioning/murmur2';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import type { PartitionExtent } from '../../core/ports/record-source.port';
import type { Snapshot, SnapshotPlace } from '../../core/ports/snapshot-store.port';
import { encodeKey } from '../../core/row/key';
import type { Ports } from '../ports';

/** Where the history ends: before an offset, before the first record that is stamped at or after a time, or now. */
export type HistoryEnd = 'now' | { readonly offset: bigint } | { readonly timestampMs: number };

export interface KeyState {
  readonly partition: number;
  /** The state is that of all records before it. */
  readonly nextOffset: bigint;
  /** Whether that is the end that was asked for; else ask again, it goes on from there. */
  readonly isWhole: boolean;
  /** Records of the key that are in it. */
  readonly events: number;
  readonly values: Readonly<Record<string, JsonValue>>;
  /** Where it went on from a snapshot; absent when it began at the beginning. */
  readonly snapshotOffset?: bigint;
}

export interface HistoryOptions {
  /** Records that are looked at between two snapshots. */
  readonly snapshotEvery: number;
  /** Records that one call looks at. */
  readonly maxRecords: number;
}

const OPTIONS: HistoryOptions = { snapshotEvery: 10_000, maxRecords: 500_000 };

type HistoryPorts = Pick<Ports, 'topics' | 'topicReader' | 'snapshots' | 'stateStore'>;

/**
 * What a key was at any time: its events, read from the source topic and added up by the pipeline's aggregates (event
 * sourcing). Snapshots on the way make the next question a short one; state from a snapshot and the events after it equals
 * state from the beginning.
 *
 * Throws ConfigError where the topic cannot tell: for windows other than `global`, lookups, records that are not keyed by
 * the key, or a beginning that was deleted; TransientError.
 */
export class KeyHistory {
  constructor(
    private readonly ports: HistoryPorts,
    private readonly options: HistoryOptions = OPTIONS,
  ) {}

  async at(pipeline: CompiledPipeline, key: readonly JsonPrimitive[], end: HistoryEnd): Promise<KeyState> {
    await this.refuseUntold(pipeline);
    const extents = await this.ports.topics.extents(pipeline.definition.spec.source.topic);
    if (extents.size === 0) throw new ConfigError(`Topic ${pipeline.definition.spec.source.topic} does not exist`);
    const keyText = encodeKey(key);
    const partitions = messageKeys(keyText, key).map((text) => partitionOf(text, extents.size));
    let state: KeyState | undefined;
    for (const partition of new Set(partitions)) {
      state = await this.inPartition(pipeline, keyText, { partition, extents, end });
      if (state.events > 0) break;
    }
    return state!;
  }

  private async inPartition(
    pipeline: CompiledPipeline,
    keyText: string,
    { partition, extents, end }: Where,
  ): Promise<KeyState> {
    const { earliest, to } = await this.spanOf(pipeline, extents.get(partition)!, { partition, end });
    const place = { pipeline: pipeline.name, fingerprint: pipeline.fingerprint, keyText, partition };
    const snapshot = await this.ports.snapshots.newestBefore(place, to);
    if (!snapshot && earliest > 0n) throw beginningLost(pipeline, partition, earliest);
    const fold = new KeyFold(pipeline, { keyText, keyedByMessage: extents.size > 1 }, snapshot ?? { nextOffset: 0n });
    await this.read(pipeline, { partition, to, place }, fold);
    return {
      ...{ partition, nextOffset: fold.nextOffset, isWhole: fold.nextOffset >= to },
      ...{ events: fold.events, values: fold.values },
      ...(snapshot && { snapshotOffset: snapshot.nextOffset }),
    };
  }

  private async read(pipeline: CompiledPipeline, { partition, to, place }: Reading, fold: KeyFold): Promise<void> {
    const { topicReader } = this.ports;
    const { topic } = pipeline.definition.spec.source;
    const last = fold.nextOffset + BigInt(this.options.maxRecords);
    let kept = fold.nextOffset;
    while (fold.nextOffset < to && fold.nextOffset < last) {
      const page = await topicReader.read(topic, partition, fold.nextOffset);
      if (page.nextOffset <= fold.nextOffset) return fold.skipTo(to);
      for (const record of page.records) {
        if (record.offset >= to) break;
        fold.add(record);
        if (fold.nextOffset - kept >= this.options.snapshotEvery) kept = await this.keep(place, fold.snapshot());
      }
      fold.skipTo(page.nextOffset < to ? page.nextOffset : to);
    }
    if (fold.nextOffset < to) await this.keep(place, fold.snapshot());
  }

  private async keep(place: SnapshotPlace, snapshot: Snapshot): Promise<bigint> {
    await this.ports.snapshots.put(place, snapshot);
    return snapshot.nextOffset;
  }

  private async spanOf(
    { definition }: CompiledPipeline,
    extent: PartitionExtent,
    { partition, end }: Pick<Where, 'partition' | 'end'>,
  ): Promise<Span> {
    const { topic } = definition.spec.source;
    const wanted = await this.offsetOf(topic, partition, end, extent.end);
    return { earliest: extent.earliest, to: wanted < extent.end ? wanted : extent.end };
  }

  private async offsetOf(topic: string, partition: number, end: HistoryEnd, logEnd: bigint): Promise<bigint> {
    if (end === 'now') return logEnd;
    if ('offset' in end) return end.offset;
    return (await this.ports.topics.offsetsAt(topic, end.timestampMs)).get(partition) ?? logEnd;
  }

  private async refuseUntold(pipeline: CompiledPipeline): Promise<void> {
    const { name, definition, lookups } = pipeline;
    if (definition.spec.window?.kind !== 'global')
      throw new ConfigError(`${name} has no window { kind: global }: only there a key is the sum of all its events`);
    if (lookups.length > 0)
      throw new ConfigError(`${name} looks records up in tables, which do not tell what they held then`);
    if ((await this.ports.stateStore.deployment(name))?.repartitioned !== true) return;
    throw new ConfigError(`Records of ${definition.spec.source.topic} are not keyed by the key of ${name}`);
  }
}

/** What a record of the key may be keyed by: `checkMessageKey` takes the plain text of a number or boolean too. */
function messageKeys(keyText: string, [only, ...others]: readonly JsonPrimitive[]): readonly string[] {
  return others.length === 0 && typeof only !== 'string' ? [keyText, String(only)] : [keyText];
}

interface Where {
  readonly partition: number;
  readonly extents: ReadonlyMap<number, PartitionExtent>;
  readonly end: HistoryEnd;
}

interface Span {
  readonly earliest: bigint;
  readonly to: bigint;
}

interface Reading {
  readonly partition: number;
  readonly to: bigint;
  readonly place: SnapshotPlace;
}

function beginningLost({ definition }: CompiledPipeline, partition: number, earliest: bigint): ConfigError {
  const { topic } = definition.spec.source;
  return new ConfigError(
    `Partition ${partition} of topic ${topic} begins at offset ${earliest}: the events before were deleted, and no snapshot has them`,
  );
}
