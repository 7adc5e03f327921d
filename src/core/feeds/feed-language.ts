import { register } from '../pipeline/cel';
import { defineFunction, type FunctionDefinition } from '../pipeline/function-definition';
import type { Language } from '../pipeline/language';
import type { SeededRandom } from './seeded-random';

const TIME = 'google.protobuf.Timestamp';

/** What expressions of every feed can call besides: times as upstreams write them. */
const feedFunctions: readonly FunctionDefinition[] = [
  defineFunction('iso', `(${TIME}): string`, (at: Date) => at.toISOString()),
  defineFunction('epoch_s', `(${TIME}): int`, (at: Date) => Math.floor(at.getTime() / 1000)),
  defineFunction('epoch_ms', `(${TIME}): int`, (at: Date) => at.getTime()),
  defineFunction('earlier', `(${TIME}, ${TIME}): ${TIME}`, (one: Date, other: Date) => (one < other ? one : other)),
];

/** The functions of `kind: generator`. Each call draws from `random`, which begins anew with each record. */
function generatorFunctions(random: SeededRandom): readonly FunctionDefinition[] {
  return [
    defineFunction('random', '(): double', () => random.next()),
    defineFunction('between', '(double, double): double', (least: number, most: number) =>
      rounded(least + random.next() * (most - least)),
    ),
    defineFunction('whole', '(double, double): int', (least: number, most: number) =>
      Math.floor(least + random.next() * (most - least + 1)),
    ),
    defineFunction('normal', '(double, double): double', (mean: number, deviation: number) =>
      rounded(mean + deviation * standardNormal(random)),
    ),
    defineFunction('pick', '(list<dyn>): dyn', (choices: readonly unknown[]) =>
      choices.length === 0 ? null : choices[Math.floor(random.next() * choices.length)],
    ),
  ];
}

/** The language of feeds; that of generators when they have something to draw from. */
export function feedLanguage(language: Language, random?: SeededRandom): Language {
  const cel = language.cel.clone();
  const functions = [...feedFunctions, ...(random ? generatorFunctions(random) : [])];
  for (const definition of functions) register(cel, definition);
  return { ...language, cel, functionNames: [...language.functionNames, ...functions.map(({ name }) => name)] };
}

/** Box and Muller, 1958. */
function standardNormal(random: SeededRandom): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

/** Three decimals: what a sensor has. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
