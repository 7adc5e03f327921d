import fc from 'fast-check';

import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import { plannedChange } from '../../src/core/plan/plan-change';
import { compiledWith, EPOCH_MS, type Reading } from '../support/pipelines';
import { Upgrade } from '../support/upgrade';

const FORMULAS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  'count()': (values) => values.length,
  'sum(x)': sum,
  'max(x)': (values) => Math.max(...values),
  'sum(twice)': (values) => 2 * sum(values),
  'sum(thrice)': (values) => 3 * sum(values),
};
const DERIVED: readonly [string, string][] = [
  ['twice', 'x * 2.0'],
  ['thrice', 'x * 3.0'],
];

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Steps of one version: aggregates under changing names, derived fields and sinks, each in any order. */
interface Version {
  readonly aggregate: readonly (readonly [name: string, formula: string])[];
  readonly derive: readonly (readonly [string, string])[];
  readonly sinks: readonly object[];
}

const version: fc.Arbitrary<Version> = fc.record({
  aggregate: fc
    .shuffledSubarray(Object.keys(FORMULAS), { minLength: 1 })
    .chain((formulas) =>
      fc
        .array(fc.boolean(), { minLength: formulas.length, maxLength: formulas.length })
        .map((renamed) => formulas.map((formula, i) => [nameOf(formula, renamed[i]!), formula] as const)),
    ),
  derive: fc.shuffledSubarray([...DERIVED], { minLength: DERIVED.length }),
  sinks: fc.shuffledSubarray<object>([{ live: {} }, { kafka: { topic: 'a' } }, { kafka: { topic: 'b' } }], {
    minLength: 1,
  }),
});

function nameOf(formula: string, isRenamed: boolean): string {
  return formula.replaceAll(/\W/g, '_') + (isRenamed ? 'again' : '');
}

function compiledOf({ aggregate, derive, sinks }: Version): CompiledPipeline {
  const checkpoint = { interval: '5ms' };
  return compiledWith({
    ...{ aggregate: Object.fromEntries(aggregate), derive: Object.fromEntries(derive), sinks, checkpoint },
  });
}

const reading = fc.record({ key: fc.constantFrom('a', 'b'), x: fc.integer({ min: -50, max: 50 }) });
/** Times grow with the number of the record: nothing is late. */
const stages = fc.array(fc.record({ version, readings: fc.array(reading, { minLength: 1, maxLength: 8 }) }), {
  minLength: 2,
  maxLength: 4,
});

function expectedRows(readings: readonly Reading[], { aggregate }: Version): Record<string, unknown> {
  const values = new Map<string, number[]>();
  for (const { key, at, x } of readings) {
    const place = `${key}@${Math.floor(at / 10) * 10}`;
    values.set(place, [...(values.get(place) ?? []), x!]);
  }
  const rowOf = (of: readonly number[]) => aggregate.map(([name, formula]) => [name, FORMULAS[formula]!(of)]);
  return Object.fromEntries([...values].map(([place, of]) => [place, Object.fromEntries(rowOf(of))]));
}

function newestRows({ written }: Upgrade): Record<string, unknown> {
  const newest = new Map<string, Upgrade['written'][number]>();
  for (const row of written) {
    const place = `${String(row.key['key'])}@${(row.window!.startMs - EPOCH_MS) / 1000}`;
    if (row.revision > (newest.get(place)?.revision ?? -1n)) newest.set(place, row);
  }
  return Object.fromEntries([...newest].map(([place, { values }]) => [place, { ...values }]));
}

/** What an operator does with the version, as the plan says. */
async function deployAsPlanned(upgrade: Upgrade, pipeline: CompiledPipeline): Promise<void> {
  const inForce = await upgrade.ports.stateStore.deployment('test');
  if (plannedChange(pipeline, inForce).verdict === 'rebuild') {
    await expect(upgrade.run(pipeline)).rejects.toThrow('millrace rebuild test');
    await upgrade.rebuild(pipeline);
  }
  await upgrade.run(pipeline);
}

it('adding, renaming or reordering steps loses nothing: what the plan says gives the rows of the last version', async () => {
  await fc.assert(
    fc.asyncProperty(stages, async (versions) => {
      const upgrade = await new Upgrade(compiledOf(versions[0]!.version)).begin();
      const all: Reading[] = [];
      for (const { version: next, readings } of versions) {
        const from = all.length;
        all.push(...readings.map(({ key, x }, i) => ({ key, x, at: 3 * (from + i) })));
        await upgrade.produce(...all.slice(from));
        await deployAsPlanned(upgrade, compiledOf(next));
      }
      expect(newestRows(upgrade)).toEqual(expectedRows(all, versions.at(-1)!.version));
    }),
    { numRuns: 12 },
  );
});
