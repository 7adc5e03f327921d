import { toJson } from '../pipeline/json-result';
import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { JsonValue } from '../json';
import { AlwaysResident } from './always-resident';
import { revisionOf } from './pane-codec';
import { type Contribution, type Lateness, ON_TIME, type TaskWindows } from './task-windows';
import type { Row } from '../row/row';
import type { Writes } from './writes';

/** A pipeline without windows: each accepted record is a row, final at once. Its fields are the row's values. */
export class StatelessRows extends AlwaysResident implements TaskWindows {
  readonly size = { openWindows: 0, keys: 0, bytes: 0 };
  readonly firstStartMs = -1;
  /** Rows have to be in the same delta as the offsets of their records. */
  readonly closesFirst = true;
  private readonly rows: Row[] = [];
  private readonly onTime: Lateness = { latenessMs: ON_TIME, amended: false };

  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly generation: bigint,
    private readonly partition: number,
  ) {
    super();
  }

  get closable(): number {
    return this.rows.length;
  }

  closedMs(watermarkMs: number): number {
    return watermarkMs;
  }

  add({ keyText, fields, next, at }: Contribution): Lateness {
    this.rows.push({
      pipeline: this.pipeline.name,
      key: {},
      keyText,
      window: undefined,
      partition: this.partition,
      eventTimeMs: at.timeMs,
      values: toJson(fields) as Record<string, JsonValue>,
      revision: revisionOf(this.generation, next, true),
      final: true,
    });
    return this.onTime;
  }

  advance(): void {
    // No window closes.
  }

  /** Whatever the bound: there is at most one for each record since the last time. */
  close(writes: Writes): void {
    writes.rows.push(...this.rows.splice(0));
  }

  emit(): void {
    // No entry is ever pending.
  }

  encode(): never {
    throw new Error('A stateless pipeline has no state');
  }

  restore(): void {
    // There is no state.
  }

  resident(): undefined {
    return undefined;
  }

  restorePending(): void {
    // There is no state.
  }
}
