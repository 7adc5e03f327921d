import { register } from '../pipeline/cel';
import { defineFunction, type FunctionDefinition } from '../pipeline/function-definition';
import type { Language } from '../pipeline/language';
import { SeededRandom } from './seeded-random';

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
    defineFunction('wave', '(double, double): double', (at: number, period: number) =>
      rounded(Math.sin((2 * Math.PI * at) / period)),
    ),
  ];
}

/** The language with the functions of generators, which draw from `random`. */
export function withGeneratorFunctions(language: Language, random = new SeededRandom()): Language {
  const cel = language.cel.clone();
  const functions = generatorFunctions(random);
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
