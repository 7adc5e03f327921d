import { z } from 'zod';
import { FatalError } from '../../core/errors';
import type { CompiledMetrics } from '../../core/pipeline/compiled-pipeline';
import { sinkName } from '../../core/pipeline/sink-name';
import type { ExactRowSink, SinkClaim, SinkState, TaskRowSink } from '../../core/ports/row-sink.port';
import type { Row } from '../../core/row/row';
import { versionOf } from '../boards/row-version';
import type { RowValues } from './row-values';

/** Labels are copied with each scrape: a longer key is not shown. */
const MAX_KEY_LENGTH = 200;

const storedSchema = z.object({ version: z.string(), value: z.number() });
type Stored = z.output<typeof storedSchema>;

/**
 * The newest number of each key for Prometheus: of the newest window, its newest revision. At most `maxSeries` keys of each
 * task; those that rest longest make room. What is shown is part of the checkpoint, so that the next owner of the task shows
 * the same at once, and this one nothing more. Throws FatalError for a value that is no number.
 */
export class MetricsRowSink implements ExactRowSink {
  readonly name: string;

  constructor(
    private readonly shown: RowValues,
    private readonly sink: CompiledMetrics,
  ) {
    this.name = sinkName(sink);
  }

  openFor({ task, state }: SinkClaim): Promise<TaskRowSink> {
    return Promise.resolve(new TaskValues(this.name, task.pipeline, { shown: this.shown, sink: this.sink, state }));
  }
}

interface TaskValuesOptions extends Pick<SinkClaim, 'state'> {
  readonly shown: RowValues;
  readonly sink: CompiledMetrics;
}

class TaskValues implements TaskRowSink {
  /** Those that rest longest first. */
  private readonly held: Map<string, Stored>;
  private readonly hide: () => void;

  constructor(
    readonly name: string,
    private readonly pipeline: string,
    private readonly options: TaskValuesOptions,
  ) {
    this.held = restored(options.state);
    this.hide = options.shown.show({ pipeline, name: options.sink.valueName, values: () => this.values() });
  }

  write(rows: readonly Row[]): Promise<SinkState> {
    const changed = new Set<string>();
    for (const row of rows) this.take(row, changed);
    const names = [...changed];
    return Promise.resolve({
      upserts: names.flatMap((name) => (this.held.has(name) ? [{ name, value: encoded(this.held.get(name)!) }] : [])),
      removals: names.filter((name) => !this.held.has(name)),
    });
  }

  close(): Promise<void> {
    this.hide();
    return Promise.resolve();
  }

  private *values(): Generator<readonly [string, number]> {
    for (const [key, { value }] of this.held) yield [key, value];
  }

  private take(row: Row, changed: Set<string>): void {
    const { keyText: key } = row;
    const version = versionOf(row);
    const before = this.held.get(key);
    if (before && before.version > version) return;
    const value = this.valueOf(row);
    if (key.length > MAX_KEY_LENGTH) return this.drop();
    this.held.delete(key);
    if (value !== undefined) this.held.set(key, { version, value });
    if (before || value !== undefined) changed.add(key);
    if (this.held.size > this.options.sink.maxSeries) this.dropResting(changed);
  }

  private dropResting(changed: Set<string>): void {
    const [key] = this.held.keys();
    if (key === undefined) return;
    this.held.delete(key);
    changed.add(key);
    this.drop();
  }

  private drop(): void {
    this.options.shown.addDropped(this.pipeline, this.options.sink.valueName);
  }

  /** `undefined` for a row that shows nothing. */
  private valueOf(row: Row): number | undefined {
    if (row.values === undefined) return undefined;
    const { value: expression } = this.options.sink;
    const value = expression.evaluate(row);
    if (value === null || typeof value === 'number') return value ?? undefined;
    throw new FatalError(`${this.name}: ${expression.text} gives ${JSON.stringify(value)}; a number is needed`);
  }
}

function restored(state: SinkClaim['state']): Map<string, Stored> {
  const decoder = new TextDecoder();
  const entries = [...state].map(
    ([key, bytes]) => [key, storedSchema.parse(JSON.parse(decoder.decode(bytes)))] as const,
  );
  return new Map(entries.sort(([, a], [, b]) => (a.version < b.version ? -1 : 1)));
}

function encoded(stored: Stored): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(stored));
}
