import { Inject, Injectable } from '@nestjs/common';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import { encodeKey } from '../core/row/key';
import type { Row } from '../core/row/row';
import { type Ports, PORTS } from '../runtime/ports';
import type { CommittedTask } from './committed-tasks';
import { rowsNotGiven, type RowsReading } from './held-rows';
import { typedKeys } from './key-match';
import { openRowsOf } from './open-row-pages';
import type { OpenPosition } from './row-cursor';
import type { RowParameters } from './row-parameters';

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

/** Rows of windows that are not closed, decoded from committed state without claiming anything. */
@Injectable()
export class OpenRows {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  /**
   * At most `limit` rows, newest committed revision of each, partition by partition; see {@link openRowsOf}. A window that
   * closes meanwhile may be missing: its rows are then in the table. Throws TransientError.
   */
  async page({ tasks, after, ...query }: OpenRowsQuery): Promise<OpenRowsPage> {
    const { pipeline, key, limit, fromMs = -Infinity, toMs = Infinity } = query;
    const keys = typedKeys(pipeline.keyNames, key)?.map(encodeKey).sort();
    const rows: Row[] = [];
    for (const { task, checkpoint } of tasks) {
      if (after && task.partition < after.partition) continue;
      const open = openRowsOf({
        ...{ store: this.ports.stateStore, pipeline, task, state: checkpoint, keys, key, range: { fromMs, toMs } },
        limit: limit - rows.length,
        after: after?.partition === task.partition ? after : undefined,
      });
      for await (const { row, position } of open) {
        rows.push(row);
        if (rows.length >= limit) return { rows, next: position };
      }
    }
    return { rows };
  }

  /** Those of a table's rows that {@link page} may not have given in a version as new. Throws TransientError. */
  notGiven(reading: RowsReading, rows: readonly Row[]): Promise<readonly Row[]> {
    return rowsNotGiven(this.ports.stateStore, reading, rows);
  }
}
