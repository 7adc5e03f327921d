import type { JsonValue } from '../json';
import type { ColumnExpression, CompiledPipeline } from '../pipeline/compiled-pipeline';
import { decodeKey } from '../row/key';
import type { Row } from '../row/row';
import { type Pane, shownWindow } from './pane';
import { resultsOf, revisionOf } from './pane-codec';

/** Where a row stands in tables with `moving` columns, and the aggregates that say so. */
interface Place {
  /** `undefined` before the first record, and while one of the columns is null: the row has no place. */
  readonly text: string | undefined;
  readonly values: Readonly<Record<string, JsonValue>>;
}

/**
 * Finds the places that rows leave when a value of their clustering key changes.
 *
 * Each record that moves a row gives one deletion of its old place, with the revision of that record: a function of the
 * input prefix alone, however records are cut into checkpoints and whichever versions of the row were written. An owner
 * that died may have written any version since the last commit; its successor processes the same records again and
 * deletes each place that it left. A deletion's revision is greater than that of every version written to the place
 * before, and smaller than that of a version that comes back to it. So of each row exactly one place is left: its last.
 */
export class Moves {
  private readonly places = new WeakMap<Pane, Place>();
  private readonly left: Row[] = [];

  private constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly columns: readonly ColumnExpression[],
    private readonly generation: bigint,
  ) {}

  /** `undefined` for a pipeline whose rows never move. */
  static of(pipeline: CompiledPipeline, generation: bigint): Moves | undefined {
    const columns = pipeline.sinks.flatMap((sink) =>
      sink.kind === 'cassandra' ? (sink.moving ?? []).map((name) => sink.columns[name]!) : [],
    );
    return columns.length > 0 ? new Moves(pipeline, columns, generation) : undefined;
  }

  /** How many wait to be taken. */
  get size(): number {
    return this.left.length;
  }

  /** Before a record changes the pane. */
  before(pane: Pane): void {
    if (!this.places.has(pane)) this.places.set(pane, this.placeOf(pane));
  }

  /** After it has; `next` is `N` of the record. */
  after(pane: Pane, next: bigint): void {
    const [before, after] = [this.places.get(pane), this.placeOf(pane)];
    this.places.set(pane, after);
    if (before?.text === undefined || before.text === after.text) return;
    this.left.push({ ...this.rowOf(pane, before.values, next), values: undefined, left: before.values });
  }

  take(): readonly Row[] {
    return this.left.splice(0);
  }

  private placeOf(pane: Pane): Place {
    const values = resultsOf(this.pipeline, pane.accumulators);
    const row = this.rowOf(pane, values, pane.changedAt);
    const texts = this.columns.map((column) => column.evaluate(row));
    const isNowhere = pane.changedAt === 0n || texts.includes(null);
    return { text: isNowhere ? undefined : JSON.stringify(texts), values };
  }

  private rowOf({ keyText, segment }: Pane, values: Place['values'], next: bigint): Row {
    return {
      pipeline: this.pipeline.name,
      key: decodeKey(keyText, this.pipeline.keyNames),
      keyText,
      window: shownWindow(segment.window),
      values,
      revision: revisionOf(this.generation, next, false),
      final: false,
    };
  }
}
