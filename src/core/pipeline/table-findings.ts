import { mentionsIn } from './cel-names';
import { isClockColumn } from './clock-column';
import type { LocatedDefinition } from './located-definition';
import type { Language } from './language';
import type { Problem } from './problem';

/** One sink into one table. */
interface TableUse {
  readonly pipeline: LocatedDefinition;
  readonly sink: number;
  readonly table: string;
  /** Columns of the primary key that its rows need, in order of their names. */
  readonly key: readonly string[];
}

/** One of these tells windows apart; the first that a sink maps does, the others are values. */
const WINDOW_COLUMNS = ['window.index', 'window.start', 'window.date', 'window.end'];

/** A table has one primary key: two sinks that need different ones cannot both write to it. */
export function checkSharedTables(pipelines: readonly LocatedDefinition[], language: Language): Problem[] {
  const uses = pipelines.flatMap((pipeline) => tableUses(pipeline, language));
  return uses.flatMap((use, i) => {
    const other = uses.slice(0, i).find(({ table }) => table === use.table);
    if (!other || other.key.join() === use.key.join()) return [];
    const { definition, file } = other.pipeline;
    const message =
      `table ${use.table} would need the primary key (${use.key.join(', ')}), but pipeline ` +
      `"${definition.metadata.name}" in ${file} writes to it with (${other.key.join(', ')}); ` +
      'map the same columns from key.* and window.*, or write to another table';
    return [use.pipeline.locate({ path: ['spec', 'sinks', use.sink, 'cassandra', 'table'], message })];
  });
}

function tableUses(pipeline: LocatedDefinition, language: Language): TableUse[] {
  const { spec } = pipeline.definition;
  return spec.sinks.flatMap((sink, i) => {
    if (!('cassandra' in sink)) return [];
    const { table, columns } = sink.cassandra;
    return [{ pipeline, sink: i, table, key: primaryKey(columns, spec.window === undefined, language) }];
  });
}

function primaryKey(columns: Readonly<Record<string, string>>, isStateless: boolean, language: Language): string[] {
  const entries = Object.entries(columns)
    .map(([name, text]) => ({ name, text: text.trim() }))
    .filter(({ text }) => !isClockColumn(text));
  // Whatever a stateless row holds may identify it.
  if (isStateless) return entries.map(({ name }) => name).sort();
  const windowColumn = WINDOW_COLUMNS.find((wanted) => entries.some(({ text }) => text === wanted));
  return entries
    .filter(({ text }) => identifiesRow(text, language))
    .filter(({ text }) => text === windowColumn || !WINDOW_COLUMNS.includes(text))
    .map(({ name }) => name)
    .sort();
}

function identifiesRow(text: string, language: Language): boolean {
  return mentionsIn(language.cel.parse(text).ast).every(({ name }) => name === 'key' || name === 'window');
}
