import type { Environment } from '@marcbachmann/cel-js';
import type { AggregateDefinition } from '../aggregates/aggregate-definition';
import { builtInAggregates } from '../aggregates/built-in';
import { learningAggregates } from '../models/learning-aggregates';
import { AggregateRegistry } from '../aggregates/registry';
import { builtInFunctions } from './built-in-functions';
import { createCelEnvironment } from './cel';
import type { FunctionDefinition } from './function-definition';
import { declarationOf, type RecordFunction } from './record-function';

/** What a user adds to the language of pipelines. */
export interface Extensions {
  readonly aggregates?: readonly AggregateDefinition[];
  readonly functions?: readonly FunctionDefinition[];
  readonly recordFunctions?: readonly RecordFunction[];
}

/** What the expressions of definitions can name. The validator and the compiler must be given the same. */
export interface Language {
  readonly cel: Environment;
  /** Functions that an expression can call. */
  readonly functionNames: readonly string[];
  /** Those over whole records, by name. */
  readonly recordFunctions: ReadonlyMap<string, RecordFunction>;
  readonly aggregates: AggregateRegistry;
  /** Versions of what users added, by name: part of the fingerprint of the pipelines that use it. */
  readonly versions: ReadonlyMap<string, number>;
}

/** The built-in language with additions. Throws ConfigError for a name that is taken or cannot be one. */
export function createLanguage({ aggregates = [], functions = [], recordFunctions = [] }: Extensions): Language {
  const cel = createCelEnvironment([...builtInFunctions, ...functions, ...recordFunctions.map(declarationOf)]);
  const callable = cel.getDefinitions().functions.filter((known) => !known.receiverType);
  const versions = [...aggregates, ...functions, ...recordFunctions].flatMap(({ name, version }) =>
    version === undefined ? [] : [[name, version] as const],
  );
  return {
    cel,
    functionNames: [...new Set(callable.map((known) => known.name))],
    recordFunctions: new Map(recordFunctions.map((known) => [known.name, known])),
    aggregates: new AggregateRegistry([...builtInAggregates, ...learningAggregates, ...aggregates]),
    versions: new Map(versions),
  };
}

/** The language without additions. */
export const STANDARD_LANGUAGE: Language = createLanguage({});
