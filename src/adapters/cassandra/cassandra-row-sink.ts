import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RowSink } from '../../core/ports/row-sink.port';
import type { Row } from '../../core/row/row';
import type { CassandraClient } from './cassandra-client';
import { InFlight, untilAborted } from './in-flight';
import { partitionBatches } from './partition-batches';
import { type BoundRow, RowBinder } from './row-binder';
import type { TableConsistency } from './table-consistency';
import type { CassandraSinkPlan } from './table-check';
import { readTable, tableText } from './table-schema';

export interface CassandraRowSinkOptions {
  /** Requests under way at once, over all calls of `write`; 32 by default. */
  readonly maxInFlight?: number;
  /** Of writes; the client's own by default. */
  readonly consistency?: TableConsistency;
  /** Told the partitions, by the values of their keys, once all their rows are acknowledged, before `write` resolves. */
  readonly written?: (partitions: readonly (readonly unknown[])[]) => Promise<void>;
}

const MAX_IN_FLIGHT = 32;
/** Rows that are bound in one turn of the event loop: some milliseconds. */
const BOUND_AT_ONCE = 500;

/**
 * Upserts rows into a table `USING TIMESTAMP revision`, so that the server itself keeps the newest version of each row:
 * writing a row twice changes nothing, an older row written late loses, and it does not matter who writes
 * (`semantics.md` section 7). A deleted row, and the place that a row with `moving` columns has left, becomes a
 * tombstone with its revision. Columns of `now()` are set beside that, at the server's time.
 *
 * `write` resolves once every row is acknowledged at the client's consistency level. When the signal aborts it rejects
 * at once with the signal's reason; requests under way may still arrive, which does no harm.
 */
export class CassandraRowSink implements RowSink {
  readonly name: string;
  readonly takesMoves: boolean;
  private readonly inFlight: InFlight;
  private binder: Promise<RowBinder> | undefined;

  /** Reads the table's columns with the first rows. */
  constructor(
    private readonly client: CassandraClient,
    private readonly plan: CassandraSinkPlan,
    private readonly options: CassandraRowSinkOptions = {},
  ) {
    this.name = `cassandra:${tableText(plan)}`;
    this.takesMoves = plan.moving !== undefined;
    this.inFlight = new InFlight(options.maxInFlight ?? MAX_IN_FLIGHT);
  }

  async write(rows: readonly Row[], signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (rows.length > 0) await untilAborted(this.writeBatches(rows, signal), signal);
  }

  private async writeBatches(rows: readonly Row[], signal: AbortSignal): Promise<void> {
    try {
      const binder = await (this.binder ??= this.readBinder());
      const batches = partitionBatches(await bound(binder, rows));
      await this.inFlight.forEach(batches, (batch) => this.send(batch), signal);
      await this.tellWritten(batches);
    } catch (thrown) {
      // The table may have been changed or dropped, which the driver reports as statements that no host can prepare:
      // the next attempt looks at its columns again and says so.
      this.binder = undefined;
      throw thrown;
    }
  }

  private async tellWritten(batches: readonly (readonly BoundRow[])[]): Promise<void> {
    const partitions = new Set(batches.flatMap(([first]) => (first ? [first.partitionText] : [])));
    await this.options.written?.([...partitions].map((text) => JSON.parse(text) as unknown[]));
  }

  private async readBinder(): Promise<RowBinder> {
    return new RowBinder(await readTable(this.client, this.plan), this.plan);
  }

  private async send(batch: readonly BoundRow[]): Promise<void> {
    const statements = batch.flatMap((row) => (row.clock ? [row, row.clock] : [row]));
    const [only] = statements;
    const doing = `writing to ${tableText(this.plan)}`;
    const level = this.options.consistency?.ofWrites(tableText(this.plan)) ?? {};
    if (statements.length > 1) await this.client.batch(statements, doing, level);
    else if (only) await this.client.execute(only, doing, { isIdempotent: true, ...level });
  }
}

/** Health checks and requests are answered in between: a checkpoint may have 5,000 rows, and several partitions write at once. */
async function bound(binder: RowBinder, rows: readonly Row[]): Promise<readonly BoundRow[]> {
  const all: BoundRow[] = [];
  for (let from = 0; from < rows.length; from += BOUND_AT_ONCE) {
    // What made the rows had this turn.
    await nextTurn();
    for (const row of rows.slice(from, from + BOUND_AT_ONCE)) {
      const one = binder.bind(row);
      if (one) all.push(one);
    }
  }
  return all;
}
