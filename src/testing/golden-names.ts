import type { CompiledPipeline } from '../core/pipeline/compiled-pipeline';
import type { Finding, Path } from '../core/pipeline/finding';
import { suggestion } from '../core/pipeline/nearest';
import type { ExpectedRow, GoldenTestDefinition } from './golden-definition';

/** What a test names that its pipeline does not have: a misspelt aggregate would fail for a reason that nobody sees. */
export function checkGoldenNames({ spec }: GoldenTestDefinition, pipeline: CompiledPipeline): Finding[] {
  const columns = pipeline.definition.spec.source.csv?.columns;
  const inSteps = spec.steps.flatMap((step, i) => {
    const path = ['spec', 'steps', i];
    const rows = (name: 'expect' | 'expectTable'): Finding[] =>
      (step[name] ?? []).flatMap((row, j) => checkRow(row, [...path, name, j], pipeline));
    const records = (step.given ?? []).flatMap(({ value }, j) =>
      columns && typeof value !== 'string'
        ? unknown(value, columns, { path: [...path, 'given', j], what: 'column' })
        : [],
    );
    return [...records, ...rows('expect'), ...rows('expectTable')];
  });
  return [...checkTables(spec.tables, pipeline), ...inSteps];
}

function checkTables(given: GoldenTestDefinition['spec']['tables'], { lookups }: CompiledPipeline): Finding[] {
  const known = [...new Set(lookups.map(({ table }) => table.name))];
  const missing = known.filter((name) => !Object.hasOwn(given, name));
  return [
    ...missing.map((name) => ({
      path: ['spec', 'tables'],
      message: `the pipeline looks records up in "${name}"; give its entries`,
    })),
    ...unknown(given, known, { path: ['spec', 'tables'], what: 'lookup table' }),
  ];
}

function checkRow({ key, values, window }: ExpectedRow, path: Path, pipeline: CompiledPipeline): Finding[] {
  const { keyNames, aggregates, definition } = pipeline;
  const kind = definition.spec.window?.kind;
  const hasWindow = kind !== undefined && kind !== 'global';
  const aggregateNames = aggregates.map(({ name }) => name);
  return [
    ...unknown(key ?? {}, keyNames, { path: [...path, 'key'], what: 'key field' }),
    ...(window && !hasWindow
      ? [{ path: [...path, 'window'], message: `rows of ${pipeline.name} have no window`, at: 'name' as const }]
      : []),
    // Rows of a stateless pipeline are its records, with whatever fields they have.
    ...(aggregates.length > 0
      ? unknown(values ?? {}, aggregateNames, { path: [...path, 'values'], what: 'aggregate' })
      : []),
  ];
}

function unknown(
  given: Readonly<Record<string, unknown>>,
  known: readonly string[],
  { path, what }: { path: Path; what: string },
): Finding[] {
  return Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: [...path, name],
      message: `the pipeline has no ${what} "${name}"${suggestion(name, known)}`,
      at: 'name',
    }));
}
