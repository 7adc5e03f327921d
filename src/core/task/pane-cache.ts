import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import { decodePaneContent } from './pane-codec';
import type { OpenWindow, Pane, PaneSegment } from './pane';

/** What a pane costs in memory beside its key and accumulators: the objects, the map entry. Measured on Node 24. */
const PANE_BYTES = 220;
const ACCUMULATOR_BYTES = 48;
const BYTES_PER_CHARACTER = 2;
/** Eviction goes this far below the bound, so that it does not run for each pane. */
const EVICT_TO = 0.9;

/** What is read ahead fills the cache up to here, so that it displaces nothing that records need. */
const WARM_TO = 0.8;

export interface Eviction {
  readonly mayGo: (pane: Pane) => boolean;
  readonly onGone: (pane: Pane) => void;
}

/** Counts the resident panes of one task and drops clean, cold ones when they exceed a bound: a write-back cache. */
export class PaneCache {
  private bytes = 0;
  private panes = 0;
  private hasEvicted = false;

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

  /** Whether there is room for what no record has asked for, and nothing has left memory yet. */
  get takesMore(): boolean {
    return !this.hasEvicted && this.bytes < this.maxBytes * WARM_TO;
  }

  /** Makes an empty pane resident. */
  create<S extends PaneSegment>(segment: S, keyText: string, usedIn: number): Pane {
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
      bytes: 0,
    });
  }

  /** Makes a stored pane resident. */
  restore(segment: PaneSegment, keyText: string, value: Uint8Array, usedIn: number): Pane {
    const content = decodePaneContent(this.pipeline, value);
    segment.stored = true;
    return this.put({
      keyText,
      segment,
      ...content,
      dirty: false,
      stored: true,
      pendingStored: false,
      usedIn,
      bytes: 0,
    });
  }

  /** Counts what the pane takes now: some accumulators grow. */
  recount(pane: Pane): void {
    const bytes = this.bytesOf(pane);
    this.bytes += bytes - pane.bytes;
    pane.bytes = bytes;
  }

  /** Forgets a pane that is closed. */
  remove(pane: Pane): void {
    pane.segment.panes.delete(pane.keyText);
    this.panes--;
    this.bytes -= pane.bytes;
  }

  /**
   * Drops panes until the bound holds, cold ones first. Only panes that `mayGo` go: the store has them.
   * Whether a dropped pane is there is asked of the store when it is needed again.
   */
  evict(windows: Iterable<OpenWindow>, usedBefore: number, { mayGo, onGone }: Eviction): void {
    if (this.bytes <= this.maxBytes) return;
    const targetBytes = this.maxBytes * EVICT_TO;
    const open = [...windows].filter(({ phase }) => phase === 'open' || phase === 'kept');
    for (const coldBefore of [usedBefore, Infinity]) {
      for (const window of open) {
        for (const pane of window.panes.values()) {
          if (this.bytes <= targetBytes) return;
          if (pane.usedIn >= coldBefore || !mayGo(pane)) continue;
          this.remove(pane);
          this.hasEvicted = true;
          onGone(pane);
          window.absent++;
        }
      }
    }
  }

  private put(pane: Pane): Pane {
    pane.segment.panes.set(pane.keyText, pane);
    this.panes++;
    this.recount(pane);
    return pane;
  }

  private bytesOf({ keyText, accumulators }: Pane): number {
    let bytes = PANE_BYTES + keyText.length * BYTES_PER_CHARACTER;
    const { aggregates } = this.pipeline;
    for (let i = 0; i < aggregates.length; i++) {
      const { aggregator } = aggregates[i]!;
      bytes += aggregator.sizeBytes?.(accumulators[i]) ?? ACCUMULATOR_BYTES;
    }
    return bytes;
  }
}
