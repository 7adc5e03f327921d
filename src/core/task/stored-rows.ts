import { ByteReader } from '../aggregates/bytes';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { Checkpoint, EntryWrite } from '../ports/state-store.port';
import type { Row } from '../row/row';
import { compareWindows } from '../row/row-identity';
import { createSlicePlan } from '../windows/create-window-assigner';
import type { SlicePlan } from '../windows/slices';
import type { Window } from '../windows/window';
import { emptyAccumulators, mergeAccumulators } from './accumulate';
import { KEYS_SEGMENT } from './keyed-windows';
import { segmentId, segmentWindow, shownWindow } from './pane';
import { decodePaneContent } from './pane-codec';
import { type RowContent, RowFactory } from './row-factory';
import { decodeSpans, windowOf } from './span';

/** What the last commit of a task said, beside its entries. */
export type CommittedState = Pick<Checkpoint, 'generation' | 'progress' | 'segments'>;

/** Starts of windows, epoch ms: `[fromMs, toMs)`. A row without a window is in every range. */
export interface StartRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export function isInRange(window: Window | undefined, { fromMs, toMs }: StartRange): boolean {
  return window === undefined || (window.startMs >= fromMs && window.startMs < toMs);
}

/**
 * Turns what one task has committed into rows, equal to those that the task itself emits: of windows that are open, and
 * of closed ones that `late: amend` keeps, which are final. Pure.
 */
export type StoredRows = StoredPanes | StoredSlices | StoredSpans;

/** `undefined` for a pipeline without windows, which has no state. */
export function storedRows(pipeline: CompiledPipeline, state: CommittedState): StoredRows | undefined {
  const { window } = pipeline.definition.spec;
  switch (window?.kind) {
    case undefined:
      return undefined;
    case 'hopping':
    case 'cumulative':
      return new StoredSlices(pipeline, state, createSlicePlan(window));
    case 'session':
    case 'sliding':
    case 'count':
      return new StoredSpans(pipeline, state);
    case 'tumbling':
    case 'calendar':
    case 'global':
      return new StoredPanes(pipeline, state);
  }
}

/** Which windows have rows, and how those are made. */
abstract class Stored {
  private readonly factory: RowFactory;

  constructor(
    protected readonly pipeline: CompiledPipeline,
    protected readonly state: CommittedState,
  ) {
    this.factory = new RowFactory(pipeline, state.generation);
  }

  /** Open, or kept for amendments. */
  isThere(window: Window): boolean {
    if (!this.isClosed(window)) return true;
    const { graceMs, amendMs } = this.pipeline;
    return amendMs > 0 && window.endMs + graceMs + amendMs > this.state.progress.watermarkMs;
  }

  protected isClosed({ endMs }: Window): boolean {
    return endMs + this.pipeline.graceMs <= this.state.progress.closedMs;
  }

  protected rowOf(content: RowContent, isClosed: boolean): Row {
    return this.factory.row(content, isClosed && this.pipeline.emitOnClose);
  }

  protected deletedRow(keyText: string, window: Window, at: bigint): Row {
    return this.factory.deleted(keyText, window, at);
  }
}

/** Tumbling, calendar and global windows: an entry is a row. */
export class StoredPanes extends Stored {
  readonly shape = 'panes';

  get openWindows(): number {
    return this.state.segments.filter(({ id }) => !this.isClosed(segmentWindow(id))).length;
  }

  /** Segments of windows in the range, in order of their windows. */
  segments(range: StartRange): readonly string[] {
    const windows = this.state.segments.map(({ id }) => segmentWindow(id));
    const there = windows.filter((window) => this.isThere(window) && isInRange(shownWindow(window), range));
    return there.sort(compareWindows).map(segmentId);
  }

  /** Segments that may hold a version of the row; several when windows of more than one zone have its bounds. */
  segmentsOf({ window }: Pick<Row, 'window'>): readonly string[] {
    const [startMs, endMs] = window ? [window.startMs, window.endMs] : [0, Infinity];
    return this.state.segments
      .map(({ id }) => segmentWindow(id))
      .filter((other) => other.startMs === startMs && other.endMs === endMs && this.isThere(other))
      .map(segmentId);
  }

  /** Throws FatalError for a version that this build does not know. */
  row({ segment, entry, value }: EntryWrite): Row {
    const window = segmentWindow(segment);
    const content = decodePaneContent(this.pipeline, value);
    return this.rowOf({ keyText: entry, window: shownWindow(window), ...content }, this.isClosed(window));
  }
}

/** Hopping and cumulative windows: a row is merged from the slices of its window, the earliest first. */
export class StoredSlices extends Stored {
  readonly shape = 'slices';
  private readonly slices: readonly Window[];

  constructor(
    pipeline: CompiledPipeline,
    state: CommittedState,
    private readonly plan: SlicePlan,
  ) {
    super(pipeline, state);
    this.slices = state.segments.map(({ id }) => segmentWindow(id)).sort(compareWindows);
  }

  get openWindows(): number {
    const windows = this.slices.flatMap((slice) => this.plan.windowsOver(slice));
    return new Set(windows.filter((window) => !this.isClosed(window)).map(segmentId)).size;
  }

  /** Segments of all slices that windows in the range need. Each key in them has a row in the range. */
  segments(range: StartRange): readonly string[] {
    const isNeeded = (slice: Window): boolean =>
      this.plan.windowsOver(slice).some((window) => isInRange(window, range) && this.isThere(window));
    return this.slices.filter(isNeeded).map(segmentId);
  }

  /**
   * The rows of one key in the range, in order, from its entries in {@link segments}, which must be of one moment: rows
   * of different moments can have equal revisions.
   */
  rows(keyText: string, entries: readonly EntryWrite[], range: StartRange): readonly Row[] {
    const contents = new Map(entries.map(({ segment, value }) => [segment, decodePaneContent(this.pipeline, value)]));
    const windows = new Map<string, Window>();
    const panes = this.slices.flatMap((slice) => {
      const content = contents.get(segmentId(slice));
      return content ? [{ slice, ...content }] : [];
    });
    for (const { slice } of panes) {
      for (const window of this.plan.windowsOver(slice)) {
        if (isInRange(window, range) && this.isThere(window)) windows.set(segmentId(window), window);
      }
    }
    return [...windows.values()].sort(compareWindows).map((window) => {
      const within = panes.filter(({ slice }) => slice.startMs >= window.startMs && slice.endMs <= window.endMs);
      return this.rowOf({ keyText, window, ...this.merged(within) }, this.isClosed(window));
    });
  }

  private merged(panes: readonly Pick<RowContent, 'accumulators' | 'changedAt'>[]) {
    const { aggregates } = this.pipeline;
    const accumulators = emptyAccumulators(aggregates);
    let changedAt = 0n;
    for (const pane of panes) {
      mergeAccumulators(aggregates, accumulators, pane.accumulators);
      if (pane.changedAt > changedAt) ({ changedAt } = pane);
    }
    return { accumulators, changedAt };
  }
}

/** Session, sliding and count windows: an entry is all windows of a key. */
export class StoredSpans extends Stored {
  readonly shape = 'spans';
  readonly segment = KEYS_SEGMENT;
  /** Only the entries tell. */
  readonly openWindows = undefined;

  /** The rows of a key in the range, in order. */
  rows({ entry, value }: Pick<EntryWrite, 'entry' | 'value'>, range: StartRange): readonly Row[] {
    const { amendMs } = this.pipeline;
    const { spans } = this.decode(value);
    const there = spans.filter((span) => !span.closed || amendMs > 0);
    const rows = there.map((span) => {
      const { accumulators, changedAt, closed } = span;
      return this.rowOf({ keyText: entry, window: windowOf(span, this.isCounted), accumulators, changedAt }, closed);
    });
    return rows.filter(({ window }) => isInRange(window, range)).sort((a, b) => compareWindows(a.window!, b.window!));
  }

  /** Rows of the key whose deletion is committed and may not be in the tables yet. */
  deleted({ entry, value }: Pick<EntryWrite, 'entry' | 'value'>): readonly Row[] {
    const { superseded } = this.decode(value);
    return superseded.map((gone) => this.deletedRow(entry, windowOf(gone, this.isCounted), gone.at));
  }

  private get isCounted(): boolean {
    return this.pipeline.definition.spec.window?.kind === 'count';
  }

  private decode(value: Uint8Array) {
    return decodeSpans(this.pipeline.aggregates, new ByteReader(value));
  }
}
