import type { EntryWrite, TaskProgress } from '../../src/core/ports/state-store.port';
import { decodeKey, encodeKey } from '../../src/core/row/key';
import type { Row } from '../../src/core/row/row';
import { rowText } from '../../src/core/row/row-json';
import { nextFeedId } from '../../src/core/task/feed-id';
import { segmentId, shownWindow } from '../../src/core/task/pane';
import { encodePane, resultsOf, revisionOf } from '../../src/core/task/pane-codec';
import type { Window } from '../../src/core/windows/window';
import type { ApiFixture } from './api-fixture';

export const GENERATION = 1_732_170_000_000_000n;

interface OpenPane {
  readonly window: Window;
  readonly keyText: string;
  readonly accumulators: readonly unknown[];
}

/** One task's writes, as the runtime would make them, without a log behind. */
export class FixtureTask {
  private epoch = 0n;
  private commits = 0n;
  private readonly panes = new Map<string, OpenPane>();
  private readonly changed = new Set<string>();
  progress: TaskProgress = {
    startOffset: 0n,
    nextOffset: 0n,
    streamTimeMs: -1,
    watermarkMs: -1,
    closedMs: -1,
    firstWindowStartMs: -1,
    counts: { accepted: 0, filtered: 0, late: 0, dead: 0 },
    feedId: '0-0',
  };

  constructor(
    private readonly world: ApiFixture,
    readonly partition: number,
  ) {}

  private get id(): { pipeline: string; partition: number } {
    return { pipeline: this.world.pipeline.name, partition: this.partition };
  }

  async claim(owner: string): Promise<void> {
    this.epoch = (await this.world.store.claim(this.id, owner)).epoch;
  }

  /** One accepted record with the same value for every aggregate. */
  add(key: string, eventTimeMs: number, value: unknown): void {
    const { pipeline } = this.world;
    const window = pipeline.windows!.assign(eventTimeMs)[0]!;
    const keyText = encodeKey([key]);
    const name = `${segmentId(window)}\n${keyText}`;
    const pane = this.panes.get(name) ?? {
      window,
      keyText,
      accumulators: pipeline.aggregates.map(({ aggregator }) => aggregator.init()),
    };
    const at = { timeMs: eventTimeMs, offset: this.progress.nextOffset };
    pipeline.aggregates.forEach(({ aggregator }, i) => aggregator.add(pane.accumulators[i], value as never, at));
    this.panes.set(name, pane);
    this.changed.add(name);
    const streamTimeMs = Math.max(this.progress.streamTimeMs, eventTimeMs);
    const { firstWindowStartMs: first, counts } = this.progress;
    this.progress = {
      ...this.progress,
      nextOffset: this.progress.nextOffset + 1n,
      streamTimeMs,
      watermarkMs: streamTimeMs,
      firstWindowStartMs: first < 0 ? window.startMs : Math.min(first, window.startMs),
      counts: { ...counts, accepted: counts.accepted + 1 },
    };
  }

  /** Steps 3 to 5; windows that end at or before `closedMs` are closed. */
  async commit(closedMs = -1): Promise<void> {
    const { pipeline, store, tables } = this.world;
    const rows: Row[] = [];
    const upserts: EntryWrite[] = [];
    const dropped = new Set<string>();
    for (const [name, { window, keyText, accumulators }] of this.panes) {
      const closes = window.endMs <= closedMs;
      const segment = segmentId(window);
      if (closes) dropped.add(segment);
      if (!closes && !this.changed.has(name)) continue;
      const changedAt = this.progress.nextOffset;
      rows.push({
        pipeline: pipeline.name,
        key: decodeKey(keyText, pipeline.keyNames),
        keyText,
        window: shownWindow(window),
        values: resultsOf(pipeline, accumulators),
        revision: revisionOf(GENERATION, changedAt, closes),
        final: closes,
      });
      if (closes) this.panes.delete(name);
      else upserts.push({ segment, entry: keyText, value: encodePane(pipeline, { changedAt, accumulators }) });
    }
    this.changed.clear();
    await tables.sinkFor(pipeline).write(rows, AbortSignal.timeout(1_000));
    const feedId = rows.length > 0 ? nextFeedId(this.progress.feedId, this.progress.nextOffset) : this.progress.feedId;
    this.progress = { ...this.progress, feedId };
    this.commits += 1n;
    await store.commit(
      this.id,
      { epoch: this.epoch, commit: this.commits },
      {
        generation: GENERATION,
        progress: this.progress,
        upserts,
        removals: [],
        droppedSegments: [...dropped],
        pendingAdded: [],
        pendingCleared: [],
        feed: rows.map(rowText),
      },
    );
  }
}
