import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import { decodeKey } from '../row/key';
import type { CloseReason, Row } from '../row/row';
import type { Window } from '../windows/window';
import { resultsOf, revisionOf } from './pane-codec';

export interface RowContent {
  readonly keyText: string;
  /** Absent for global windows. */
  readonly window: Window | undefined;
  readonly accumulators: readonly unknown[];
  /** The offset after the last record that changed the row. */
  readonly changedAt: bigint;
}

/** Makes the rows of one task. Pure: a row depends on nothing but what is given. */
export class RowFactory {
  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly generation: bigint,
  ) {}

  update(content: RowContent): Row {
    return this.row(content, false);
  }

  final(content: RowContent, reason: CloseReason): Row {
    return { ...this.row(content, true), closeReason: reason };
  }

  /**
   * The row of a window that another one took the place of when the record before offset `supersededAt` came. Its
   * revision lies above every revision that the row had, and below those of the row that takes its place.
   */
  deleted(keyText: string, window: Window, supersededAt: bigint): Row {
    return {
      pipeline: this.pipeline.name,
      key: decodeKey(keyText, this.pipeline.keyNames),
      keyText,
      window,
      values: undefined,
      revision: revisionOf(this.generation, supersededAt, false) - 1n,
      final: false,
    };
  }

  /** Without the reason of closing, which is not part of the stored row. */
  row({ keyText, window, accumulators, changedAt }: RowContent, final: boolean): Row {
    return {
      pipeline: this.pipeline.name,
      key: decodeKey(keyText, this.pipeline.keyNames),
      keyText,
      window,
      values: resultsOf(this.pipeline, accumulators, window),
      revision: revisionOf(this.generation, changedAt, final),
      final,
    };
  }
}
