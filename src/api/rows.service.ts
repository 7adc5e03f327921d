import { Inject, Injectable } from '@nestjs/common';
import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Row } from '../core/row/row';
import { type Pipelines, PIPELINES } from '../runtime/pipelines';
import { type Ports, PORTS } from '../runtime/ports';
import { type AsOf, asOf, spanOf } from './as-of';
import { type CommittedTask, CommittedTasks } from './committed-tasks';
import { OpenRows } from './open-rows';
import { decodeRowCursor, encodeRowCursor, type RowCursor } from './row-cursor';
import { NewestRows } from '../core/row/row-identity';
import type { RowParameters } from './row-parameters';
import { readStoredRows } from './stored-rows';

export interface RowsPage {
  /** By key, then by window start, within the page. */
  readonly rows: readonly Row[];
  /** Present while there may be more. */
  readonly cursor?: string;
  /** Why rows of closed windows are missing, and what would mend that. */
  readonly note?: string;
  readonly asOf: AsOf;
}

interface Reading {
  readonly pipeline: CompiledPipeline;
  readonly tasks: readonly CommittedTask[];
  readonly wanted: RowParameters;
  readonly found: NewestRows;
  note?: string;
}

/** Reads of one table for one page; a filter that drops nearly all of them must not hold the request for ever. */
const MAX_TABLE_READS = 8;

/**
 * Open windows from committed state joined with what the pipeline's table holds.
 *
 * Open ones come first: a window that closes between two pages is then seen twice, the second time with a greater
 * revision, and never missed. Apart from that each (key, window) comes once.
 */
@Injectable()
export class RowsService {
  constructor(
    @Inject(PIPELINES) private readonly pipelines: Pipelines,
    @Inject(PORTS) private readonly ports: Ports,
    private readonly committed: CommittedTasks,
    private readonly open: OpenRows,
  ) {}

  /** Throws a 400 for a cursor that is none, and TransientError. */
  async page(pipeline: CompiledPipeline, parameters: RowParameters): Promise<RowsPage> {
    const given = parameters.cursor === undefined ? undefined : decodeRowCursor(parameters.cursor);
    const tasks = await this.committed.of(pipeline);
    const span = given ?? spanOf(tasks);
    const wanted: RowParameters = { ...boundsOf(span), ...parameters };
    const reading: Reading = { pipeline, tasks, wanted, found: new NewestRows() };

    const next = await this.read(reading, given?.at ?? { phase: 'open' });
    return {
      rows: reading.found.sorted(),
      ...(next && { cursor: encodeRowCursor({ ...boundsOf(wanted), at: next }) }),
      ...(reading.note !== undefined && { note: reading.note }),
      asOf: asOf(tasks, this.pipelines.status(pipeline.name)?.tasks ?? []),
    };
  }

  private async read(reading: Reading, at: RowCursor['at']): Promise<RowCursor['at'] | undefined> {
    if (at.phase === 'closed') return this.readClosed(reading, at);
    const { pipeline, tasks, wanted, found } = reading;
    const { rows, next } = await this.open.page({ pipeline, tasks, ...wanted, ...(at.after && { after: at.after }) });
    rows.forEach((row) => found.offer(row));
    return next ? { phase: 'open', after: next } : this.readClosed(reading, { phase: 'closed', key: 0 });
  }

  private async readClosed(
    reading: Reading,
    at: RowCursor['at'] & { phase: 'closed' },
  ): Promise<RowCursor['at'] | undefined> {
    const { pipeline, wanted, found } = reading;
    const reader = this.ports.readerOf(pipeline);
    if (!reader) return undefined;
    let position = at;
    for (let reads = 0; reads < MAX_TABLE_READS && found.size < wanted.limit; reads++) {
      const limit = wanted.limit - found.size;
      const page = await readStoredRows(reader, pipeline.keyNames, { ...wanted, limit }, tablePosition(position));
      if (page.note !== undefined) reading.note = page.note;
      await this.offerStored(reading, page.rows);
      if (!page.next) return undefined;
      position = { phase: 'closed', ...page.next };
    }
    return position;
  }

  /** Rows that state holds as new were given with the open ones. */
  private async offerStored({ pipeline, tasks, found }: Reading, rows: readonly Row[]): Promise<void> {
    for (const row of await this.open.notGiven({ pipeline, tasks, given: found }, rows)) found.offer(row);
  }
}

function boundsOf({ fromMs, toMs }: { fromMs?: number | undefined; toMs?: number | undefined }): {
  fromMs?: number;
  toMs?: number;
} {
  return { ...(fromMs !== undefined && { fromMs }), ...(toMs !== undefined && { toMs }) };
}

function tablePosition({ key, table }: RowCursor['at'] & { phase: 'closed' }): { key: number; table?: string } {
  return table === undefined ? { key } : { key, table };
}
