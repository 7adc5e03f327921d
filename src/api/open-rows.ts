import { Inject, Injectable } from '@nestjs/common';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { decodeKey, encodeKey } from '../core/row/key';
import type { Row } from '../core/row/row';
import { segmentId, segmentWindow } from '../core/task/pane';
import { decodePane } from '../core/task/pane-codec';
import { type Ports, PORTS } from '../runtime/ports';
import type { CommittedTask } from './committed-tasks';
import { matchesKey, typedKeys } from './key-match';
import type { OpenPosition } from './row-cursor';
import { rowIdentity } from '../core/row/row-identity';
import type { RowParameters } from './row-parameters';
import { SmallestEntries } from './smallest-entries';

export interface OpenRowsQuery extends Omit<RowParameters, 'cursor'> {
  readonly pipeline: CompiledPipeline;
  readonly tasks: readonly CommittedTask[];
  readonly after?: OpenPosition;
}

export interface OpenRowsPage {
  readonly rows: readonly Row[];
  /** Present while there may be more. */
  readonly next?: OpenPosition;
}

interface OpenSegment {
  readonly owner: CommittedTask;
  readonly id: string;
}

/** Rows of windows that are not closed, decoded from committed state without claiming anything. */
@Injectable()
export class OpenRows {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  /**
   * At most `limit` rows in order of (partition, window, key text), newest committed revision of each. A window that
   * closes meanwhile may be missing: its rows are then in the table. Throws TransientError.
   */
  async page(query: OpenRowsQuery): Promise<OpenRowsPage> {
    const { pipeline, key } = query;
    const keys = typedKeys(pipeline.keyNames, key)?.map(encodeKey).sort();
    const rows: Row[] = [];
    for (const segment of segmentsOf(query)) {
      const after = isAt(segment, query.after) ? query.after.entry : undefined;
      const smallest = new SmallestEntries(query.limit - rows.length, after);
      await (keys ? this.offerNamed(segment, keys, smallest) : this.offerMatching(segment, query, smallest));
      for (const { entry, value } of smallest.take()) {
        rows.push(decodePane(pipeline, segment.owner.checkpoint.generation, segment.id, entry, value));
        if (rows.length >= query.limit) {
          return { rows, next: { partition: segment.owner.task.partition, segment: segment.id, entry } };
        }
      }
    }
    return { rows };
  }

  /** Those of `rows` of which committed state holds a version at least as new, by identity. Throws TransientError. */
  async heldBy(
    pipeline: CompiledPipeline,
    tasks: readonly CommittedTask[],
    rows: readonly Row[],
  ): Promise<ReadonlySet<string>> {
    const held = new Set<string>();
    for (const { task, checkpoint } of tasks) {
      const open = new Set(checkpoint.segments.map(({ id }) => id));
      const candidates = rows.filter((row) => row.window && open.has(segmentId(row.window)));
      const refs = candidates.map((row) => ({ segment: segmentId(row.window!), entry: row.keyText }));
      const values = refs.length ? await this.ports.stateStore.load(task, refs) : [];
      values.forEach((value, i) => {
        const row = candidates[i]!;
        if (!value) return;
        const stored = decodePane(pipeline, checkpoint.generation, refs[i]!.segment, row.keyText, value);
        if (stored.revision >= row.revision) held.add(rowIdentity(row));
      });
    }
    return held;
  }

  private async offerNamed(segment: OpenSegment, keys: readonly string[], to: SmallestEntries): Promise<void> {
    const refs = keys.map((entry) => ({ segment: segment.id, entry }));
    const values = await this.ports.stateStore.load(segment.owner.task, refs);
    to.offer(refs.flatMap((ref, i) => (values[i] ? [{ ...ref, value: values[i] }] : [])));
  }

  private async offerMatching(segment: OpenSegment, query: OpenRowsQuery, to: SmallestEntries): Promise<void> {
    const { keyNames } = query.pipeline;
    for await (const entries of this.ports.stateStore.scan(segment.owner.task, segment.id)) {
      to.offer(
        query.key.size === 0
          ? entries
          : entries.filter(({ entry }) => matchesKey(decodeKey(entry, keyNames), query.key)),
      );
    }
  }
}

/** Open windows that start in the wanted span and are not before the place to go on from, in order. */
function segmentsOf({ tasks, fromMs = -Infinity, toMs = Infinity, after }: OpenRowsQuery): readonly OpenSegment[] {
  return tasks.flatMap((owner) =>
    owner.checkpoint.segments
      .filter(({ id }) => segmentWindow(id).startMs >= fromMs && segmentWindow(id).startMs < toMs)
      .map(({ id }) => ({ owner, id }))
      .filter((segment) => !after || !isBefore(segment, after))
      .sort((a, b) => compareSegments(a.id, b.id)),
  );
}

function isBefore({ owner, id }: OpenSegment, position: OpenPosition): boolean {
  if (owner.task.partition !== position.partition) return owner.task.partition < position.partition;
  return compareSegments(id, position.segment) < 0;
}

function isAt({ owner, id }: OpenSegment, position: OpenPosition | undefined): position is OpenPosition {
  return position?.partition === owner.task.partition && position.segment === id;
}

function compareSegments(a: string, b: string): number {
  const [windowA, windowB] = [segmentWindow(a), segmentWindow(b)];
  return windowA.startMs - windowB.startMs || windowA.endMs - windowB.endMs || (a < b ? -1 : a > b ? 1 : 0);
}
