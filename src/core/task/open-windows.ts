import type { SegmentSummary } from '../ports/state-store.port';
import type { CloseReason } from '../row/row';
import type { Window } from '../windows/window';
import { type OpenWindow, segmentId, segmentWindow } from './pane';

/** How long a window stays after its end, ms: `graceMs` open, then `amendMs` kept. */
export interface Lifetime {
  readonly graceMs: number;
  readonly amendMs: number;
}

/** The windows of one task that are not dropped, each phase in order of their end. */
export class OpenWindows {
  private readonly byId = new Map<string, OpenWindow>();
  private readonly open: OpenWindow[] = [];
  private readonly closingQueue: OpenWindow[] = [];
  private readonly kept: OpenWindow[] = [];
  private readonly droppingQueue: OpenWindow[] = [];
  /** The last few windows used; records mostly go where the one before went. */
  private readonly lastByWindow = new WeakMap<Window, OpenWindow>();

  /** `closedMs`: windows that closed up to this watermark had their final rows. */
  constructor(
    private readonly lifetime: Lifetime,
    restored: readonly SegmentSummary[],
    closedMs: number,
  ) {
    for (const { id, entries } of restored) {
      const window = { ...emptyWindow(segmentWindow(id)), absent: entries, stored: entries > 0 };
      const wasClosed = lifetime.amendMs > 0 && window.window.endMs + lifetime.graceMs <= closedMs;
      window.phase = wasClosed ? 'kept' : 'open';
      this.add(window, wasClosed ? this.kept : this.open);
    }
  }

  get size(): number {
    return this.byId.size;
  }

  /** Epoch ms of watermark at which the next window closes or is dropped. */
  get nextDueMs(): number {
    const { graceMs, amendMs } = this.lifetime;
    const closes = this.open[0] ? this.open[0].window.endMs + graceMs : Infinity;
    const drops = this.kept[0] ? this.kept[0].window.endMs + graceMs + amendMs : Infinity;
    return Math.min(closes, drops);
  }

  get closing(): readonly OpenWindow[] {
    return this.closingQueue;
  }

  get dropping(): readonly OpenWindow[] {
    return this.droppingQueue;
  }

  all(): IterableIterator<OpenWindow> {
    return this.byId.values();
  }

  byIdOf(id: string): OpenWindow | undefined {
    return this.byId.get(id);
  }

  find(window: Window): OpenWindow | undefined {
    return this.lastByWindow.get(window) ?? this.byId.get(segmentId(window));
  }

  findOrOpen(window: Window): OpenWindow {
    let open = this.lastByWindow.get(window);
    if (open && open.phase !== 'dropping') return open;
    open = this.byId.get(segmentId(window)) ?? this.add(emptyWindow(window), this.open);
    this.lastByWindow.set(window, open);
    return open;
  }

  /** Opens a window that had closed before any record came for it: what is added to it is an amendment. */
  findOrKeep(window: Window): OpenWindow {
    const found = this.find(window);
    return found ?? this.add({ ...emptyWindow(window), phase: 'kept' }, this.kept);
  }

  /** Moves every window that is over at this watermark to the closing or the dropping ones; returns those moved. */
  advance(watermarkMs: number, reason: CloseReason): readonly OpenWindow[] {
    const { graceMs, amendMs } = this.lifetime;
    const due = (queue: OpenWindow[], afterEndMs: number): OpenWindow[] => {
      const moved: OpenWindow[] = [];
      while (queue[0] && queue[0].window.endMs + afterEndMs <= watermarkMs) moved.push(queue.shift()!);
      return moved;
    };
    const closing = due(this.open, graceMs);
    for (const window of closing) {
      window.phase = 'closing';
      window.closeReason = reason;
    }
    this.closingQueue.push(...closing);
    const dropping = due(this.kept, graceMs + amendMs);
    for (const window of dropping) window.phase = 'dropping';
    this.droppingQueue.push(...dropping);
    return [...closing, ...dropping];
  }

  /** The first closing window has had all of its final rows; keeps it for amendments, or forgets it. */
  closed(): void {
    const closed = this.closingQueue.shift();
    if (!closed) return;
    if (this.lifetime.amendMs === 0) return void this.byId.delete(closed.id);
    closed.phase = 'kept';
    insertByEnd(this.kept, closed);
  }

  /** Forgets the first of the windows being dropped. */
  dropped(): void {
    const dropped = this.droppingQueue.shift();
    if (dropped) this.byId.delete(dropped.id);
  }

  private add(open: OpenWindow, to: OpenWindow[]): OpenWindow {
    this.byId.set(open.id, open);
    insertByEnd(to, open);
    return open;
  }
}

function insertByEnd(queue: OpenWindow[], open: OpenWindow): void {
  let at = queue.length;
  while (at > 0 && isAfter(queue[at - 1]!, open)) at--;
  queue.splice(at, 0, open);
}

/** By end, then by start and zone, so that windows always close in the same order. */
function isAfter(a: OpenWindow, b: OpenWindow): boolean {
  if (a.window.endMs !== b.window.endMs) return a.window.endMs > b.window.endMs;
  if (a.window.startMs !== b.window.startMs) return a.window.startMs > b.window.startMs;
  return a.window.zone > b.window.zone;
}

function emptyWindow(window: Window): OpenWindow {
  return {
    id: segmentId(window),
    window,
    panes: new Map(),
    phase: 'open',
    dirtyEntries: 0,
    absent: 0,
    stored: false,
    scanned: false,
    closeReason: 'watermark',
    toClose: undefined,
  };
}
