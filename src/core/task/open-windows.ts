import type { SegmentSummary } from '../ports/state-store.port';
import type { CloseReason } from '../row/row';
import type { Window } from '../windows/window';
import { type OpenWindow, segmentId, segmentWindow } from './pane';

/** The windows of one task that are not closed: open ones in order of their end, then those being closed. */
export class OpenWindows {
  private readonly byId = new Map<string, OpenWindow>();
  private readonly byEnd: OpenWindow[] = [];
  private readonly closingQueue: OpenWindow[] = [];
  /** The last few windows used; records mostly go where the one before went. */
  private readonly lastByWindow = new WeakMap<Window, OpenWindow>();

  constructor(
    private readonly graceMs: number,
    restored: readonly SegmentSummary[],
  ) {
    for (const { id, entries } of restored) {
      this.add({ ...emptyWindow(segmentWindow(id)), absent: entries, stored: entries > 0 });
    }
  }

  get size(): number {
    return this.byId.size;
  }

  /** Epoch ms of watermark at which the next window closes. */
  get nextCloseMs(): number {
    const next = this.byEnd[0];
    return next ? next.window.endMs + this.graceMs : Infinity;
  }

  get closing(): readonly OpenWindow[] {
    return this.closingQueue;
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
    if (open) return open;
    open = this.byId.get(segmentId(window)) ?? this.add(emptyWindow(window));
    this.lastByWindow.set(window, open);
    return open;
  }

  /** Moves every window with `end + grace <= watermark` to the closing ones, in order of end; returns those moved. */
  startClosing(watermarkMs: number, reason: CloseReason): readonly OpenWindow[] {
    const moved: OpenWindow[] = [];
    while (this.byEnd.length > 0 && this.nextCloseMs <= watermarkMs) {
      const open = this.byEnd.shift()!;
      open.closing = reason;
      moved.push(open);
    }
    this.closingQueue.push(...moved);
    return moved;
  }

  /** Forgets the first closing window. */
  closed(): void {
    const closed = this.closingQueue.shift();
    if (closed) this.byId.delete(closed.id);
  }

  private add(open: OpenWindow): OpenWindow {
    this.byId.set(open.id, open);
    let at = this.byEnd.length;
    while (at > 0 && isAfter(this.byEnd[at - 1]!, open)) at--;
    this.byEnd.splice(at, 0, open);
    return open;
  }
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
    dirtyPanes: 0,
    absent: 0,
    stored: false,
    closing: undefined,
  };
}
