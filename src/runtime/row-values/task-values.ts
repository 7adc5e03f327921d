import { FatalError } from '../../core/errors';
import type { CompiledMetrics } from '../../core/pipeline/compiled-pipeline';
import type { Clock } from '../../core/ports/clock.port';
import type { SinkClaim, SinkState } from '../../core/ports/row-sink.port';
import type { Row } from '../../core/row/row';
import { decodeShownNumber, encodeShownNumber, type ShownNumber } from '../../core/row/shown-number';
import { versionOf } from '../boards/row-version';
import type { KeyValue } from './row-values';

/** Labels are copied with each scrape: a longer key is not shown, a longer title cut. */
const MAX_LABEL_LENGTH = 200;

export interface TaskValuesOptions extends Pick<SinkClaim, 'state'> {
  readonly sink: CompiledMetrics;
  readonly clock: Clock;
  /** A key has a number for which there is no room. */
  readonly onDropped: () => void;
}

/** What a `metrics` sink holds of one task. */
export class TaskValues {
  /** Those that rest longest first. */
  private readonly held: Map<string, ShownNumber>;

  constructor(
    private readonly name: string,
    private readonly options: TaskValuesOptions,
  ) {
    this.held = restored(options.state);
  }

  *shown(): Generator<KeyValue> {
    const fresh = [...this.held].filter(([, { atMs }]) => !this.isOver(atMs));
    for (const [key, { value, title }] of fresh.slice(-this.options.sink.maxSeries)) yield { key, title, value };
  }

  /** Returns what has to be committed with the rows. Throws FatalError for a value that is no number. */
  take(rows: readonly Row[]): SinkState {
    const changed = new Set<string>(this.removeOld());
    // With `emit.on: record` a delta has thousands of rows of a few keys, and each expression takes its time.
    for (const version of newestOfEach(rows)) if (this.takeNewest(version)) changed.add(version.row.keyText);
    const names = [...changed];
    return {
      upserts: names.flatMap((name) => {
        const stored = this.held.get(name);
        return stored ? [{ name, value: encodeShownNumber(stored) }] : [];
      }),
      removals: names.filter((name) => !this.held.has(name)),
    };
  }

  /** Whether it has changed what is held. */
  private takeNewest({ row, version }: RowVersion): boolean {
    const { keyText: key } = row;
    const before = this.held.get(key);
    if (before && before.version > version) return false;
    const value = this.valueOf(row);
    if (value === undefined) return this.held.delete(key);
    if (!before && !this.hasRoomFor(key)) {
      this.options.onDropped();
      return false;
    }
    this.held.delete(key);
    this.held.set(key, { version, value, title: before?.title || this.titleOf(row), atMs: this.options.clock.now() });
    return true;
  }

  private hasRoomFor(key: string): boolean {
    return key.length <= MAX_LABEL_LENGTH && this.held.size < this.options.sink.maxSeries;
  }

  private isOver(atMs: number): boolean {
    return atMs + this.options.sink.ttlMs <= this.options.clock.now();
  }

  /** Makes room; a definition may have less of it than the one before. Returns the keys that were held. */
  private removeOld(): readonly string[] {
    const tooMany = this.held.size - this.options.sink.maxSeries;
    const old = [...this.held].filter(([, { atMs }], i) => i < tooMany || this.isOver(atMs)).map(([key]) => key);
    for (const key of old) this.held.delete(key);
    return old;
  }

  /** `undefined` for a row that shows nothing. */
  private valueOf(row: Row): number | undefined {
    if (row.values === undefined) return undefined;
    const { value: expression } = this.options.sink;
    const value = expression.evaluate(row);
    if (value === null) return undefined;
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    throw new FatalError(`${this.name}: ${expression.text} gives ${JSON.stringify(value)}; a number is needed`);
  }

  /** A title that changed with each row would be a series of its own each time: see `before` in `takeNewest`. */
  private titleOf(row: Row): string {
    const title = this.options.sink.title?.evaluate(row) ?? '';
    if (typeof title !== 'object') return String(title).slice(0, MAX_LABEL_LENGTH);
    throw new FatalError(`${this.name}: the title is ${JSON.stringify(title)}; text is needed`);
  }
}

interface RowVersion {
  readonly row: Row;
  readonly version: string;
}

function newestOfEach(rows: readonly Row[]): Iterable<RowVersion> {
  const newest = new Map<string, RowVersion>();
  for (const row of rows) {
    const version = versionOf(row);
    const known = newest.get(row.keyText);
    if (!known || known.version <= version) newest.set(row.keyText, { row, version });
  }
  return newest.values();
}

function restored(state: SinkClaim['state']): Map<string, ShownNumber> {
  const entries = [...state].map(([key, bytes]) => [key, decodeShownNumber(bytes)] as const);
  return new Map(entries.sort(([, a], [, b]) => a.atMs - b.atMs));
}
