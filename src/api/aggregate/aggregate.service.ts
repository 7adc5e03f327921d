import { Injectable } from '@nestjs/common';
import type { JsonValue } from '../../core/json';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { compareRows, NewestRows } from '../../core/row/row-identity';
import type { Row } from '../../core/row/row';
import type { Window } from '../../core/windows/window';
import type { AsOf } from '../as-of';
import { Catalogue } from '../catalogue';
import { badParameter } from '../problem-details';
import type { RowParameters } from '../row-parameters';
import { PAGE_LIMIT } from '../row-parameters';
import { RowsService } from '../rows.service';
import { mergersOf, type Mergers } from './mergers';
import { MOST_STEPS, type StepGrid } from './step-grid';

/** What the windows of one key that lie in one step give together. */
export interface StepJson {
  readonly key: Row['key'];
  readonly window: { readonly start: string; readonly end: string };
  readonly values: Readonly<Record<string, JsonValue>>;
  /** How many windows were merged. */
  readonly windows: number;
  /** Whether all of them are closed. */
  readonly final: boolean;
}

export interface AggregateBody {
  readonly rows: readonly StepJson[];
  /** Why aggregates are missing from values, by name. */
  readonly notMerged?: Readonly<Record<string, string>>;
  readonly note?: string;
}

export interface AggregateQuery {
  readonly wanted: RowParameters & { readonly fromMs: number; readonly toMs: number };
  readonly grid: StepGrid;
}

const MOST_WINDOWS = 20_000;
/** Of these a record is in one window only. */
const DISJOINT = ['tumbling', 'calendar', 'session'];

/** Merges the windows of each key over steps of time, whatever is open and closed among them. */
@Injectable()
export class AggregateService {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly rows: RowsService,
  ) {}

  /** Throws a 400 for windows that cannot be merged, or not over these steps, and TransientError. */
  async aggregate(pipeline: CompiledPipeline, query: AggregateQuery): Promise<{ body: AggregateBody; asOf: AsOf }> {
    assertDisjoint(pipeline);
    assertFew(query);
    const { rows, asOf, note } = await this.read(pipeline, query.wanted);
    const mergers = mergersOf(pipeline, this.catalogue.language);
    const body: AggregateBody = {
      rows: stepsOf(pipeline, rows, query.grid).map((step) => stepJson(step, mergers)),
      ...(Object.keys(mergers.refused).length > 0 && { notMerged: mergers.refused }),
      ...(note !== undefined && { note }),
    };
    return { body, asOf };
  }

  private async read(pipeline: CompiledPipeline, wanted: RowParameters) {
    const found = new NewestRows();
    let cursor: string | undefined;
    for (;;) {
      const page = await this.rows.page(pipeline, { ...wanted, limit: PAGE_LIMIT.max, ...(cursor && { cursor }) });
      for (const row of page.rows) found.offer(row);
      if (found.size > MOST_WINDOWS) throw tooMany();
      if (page.cursor === undefined) return { ...page, rows: found.sorted() };
      cursor = page.cursor;
    }
  }
}

interface Step {
  readonly window: Window;
  readonly rows: readonly Row[];
}

/** By key, then by step. Throws a 400 when a window does not lie in one step. */
function stepsOf(pipeline: CompiledPipeline, rows: readonly Row[], grid: StepGrid): readonly Step[] {
  const steps = new Map<string, { window: Window; rows: Row[] }>();
  for (const row of [...rows].sort(compareRows)) {
    const window = grid.stepAt(row.window!.startMs);
    // A session counts where it starts; other windows must not be cut.
    if (row.window!.endMs > window.endMs && pipeline.definition.spec.window?.kind !== 'session') throw cut(row);
    const place = JSON.stringify([row.keyText, window.startMs]);
    const step = steps.get(place) ?? { window, rows: [] };
    step.rows.push(row);
    steps.set(place, step);
  }
  return [...steps.values()];
}

function stepJson({ window, rows }: Step, mergers: Mergers): StepJson {
  return {
    key: rows[0]!.key,
    window: { start: new Date(window.startMs).toISOString(), end: new Date(window.endMs).toISOString() },
    values: Object.fromEntries([...mergers.of].map(([name, merge]) => [name, merge(rows)])),
    windows: rows.length,
    final: rows.every(({ final }) => final),
  };
}

function assertDisjoint({ name, definition }: CompiledPipeline): void {
  const kind = definition.spec.window?.kind;
  if (kind !== undefined && DISJOINT.includes(kind)) return;
  const why = kind === undefined || kind === 'global' ? 'rows without windows' : `${kind} windows, which share records`;
  throw badParameter('step', `"${name}" has ${why}: only ${DISJOINT.join(', ')} windows can be merged over steps.`);
}

function assertFew({ wanted: { fromMs, toMs }, grid }: AggregateQuery): void {
  if (grid.count(fromMs, toMs) <= MOST_STEPS) return;
  throw badParameter(
    'step',
    `"from" to "to" has more than ${MOST_STEPS} of these steps: take a longer step, or ask for a part of the range at a time.`,
  );
}

function tooMany() {
  return badParameter(
    'to',
    `The range holds more than ${MOST_WINDOWS} windows: ask for one key, or for a shorter range.`,
  );
}

function cut({ window }: Row) {
  const [start, end] = [window!.startMs, window!.endMs].map((ms) => new Date(ms).toISOString());
  return badParameter(
    'step',
    `The window from ${start} to ${end} lies in two steps: take a longer step, or another "tz".`,
  );
}
