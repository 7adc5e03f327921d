import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import { decodePaneContent } from './pane-codec';
import type { OpenWindow, Pane } from './pane';

/** What a pane costs in memory beside its key and accumulators: the objects, the map entry. Measured on Node 24. */
const PANE_BYTES = 220;
const ACCUMULATOR_BYTES = 48;
const BYTES_PER_CHARACTER = 2;
/** Eviction goes this far below the bound, so that it does not run for each pane. */
const EVICT_TO = 0.9;

/** Counts the resident panes of one task and drops clean, cold ones when they exceed a bound: a write-back cache. */
export class PaneCache {
  private bytes = 0;
  private panes = 0;

  constructor(
    private readonly pipeline: CompiledPipeline,
    private readonly maxBytes: number,
  ) {}

  get residentBytes(): number {
    return this.bytes;
  }

  get residentPanes(): number {
    return this.panes;
  }

  /** Makes an empty pane resident. */
  create(segment: OpenWindow, keyText: string, usedIn: number): Pane {
    const accumulators = this.pipeline.aggregates.map(({ aggregator }) => aggregator.init());
    return this.put({
      keyText,
      segment,
      accumulators,
      changedAt: 0n,
      dirty: false,
      stored: false,
      pendingStored: false,
      usedIn,
    });
  }

  /** Makes a stored pane resident. */
  restore(segment: OpenWindow, keyText: string, value: Uint8Array, usedIn: number): Pane {
    const content = decodePaneContent(this.pipeline, value);
    if (segment.absent > 0) segment.absent--;
    return this.put({ keyText, segment, ...content, dirty: false, stored: true, pendingStored: false, usedIn });
  }

  /** Forgets a pane that is closed. */
  remove(pane: Pane): void {
    pane.segment.panes.delete(pane.keyText);
    this.count(pane, -1);
  }

  /**
   * Drops panes until the bound holds, cold ones first. Only panes for which `isClean` holds go: the store has them.
   * Whether a dropped pane is there is asked of the store when it is needed again.
   */
  evict(windows: Iterable<OpenWindow>, usedBefore: number, isClean: (pane: Pane) => boolean): void {
    if (this.bytes <= this.maxBytes) return;
    const targetBytes = this.maxBytes * EVICT_TO;
    const open = [...windows];
    for (const coldBefore of [usedBefore, Infinity]) {
      for (const { panes } of open) {
        for (const pane of panes.values()) {
          if (this.bytes <= targetBytes) return;
          if (pane.usedIn >= coldBefore || !isClean(pane)) continue;
          this.remove(pane);
          pane.segment.absent++;
        }
      }
    }
  }

  private put(pane: Pane): Pane {
    pane.segment.panes.set(pane.keyText, pane);
    this.count(pane, 1);
    return pane;
  }

  private count(pane: Pane, sign: 1 | -1): void {
    this.panes += sign;
    this.bytes += sign * paneBytes(pane);
  }
}

function paneBytes({ keyText, accumulators }: Pane): number {
  return PANE_BYTES + keyText.length * BYTES_PER_CHARACTER + accumulators.length * ACCUMULATOR_BYTES;
}
