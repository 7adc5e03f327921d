import { type Language, STANDARD_LANGUAGE } from './language';
import type { LocatedDefinition } from './located-definition';
import { checkLoops } from './loop-findings';
import type { Problem } from './problem';
import { checkSharedTables } from './table-findings';

/**
 * What is wrong with pipelines only because the others are there: a name that is given twice, topics that lead back to
 * where they begin, a table that is written with two primary keys. Each problem has the place of the pipeline that it is
 * about.
 */
export function checkTogether(
  pipelines: readonly LocatedDefinition[],
  language: Language = STANDARD_LANGUAGE,
): readonly Problem[] {
  return [...checkNames(pipelines), ...checkLoops(pipelines), ...checkSharedTables(pipelines, language)];
}

function checkNames(pipelines: readonly LocatedDefinition[]): Problem[] {
  return pipelines.flatMap(({ definition, file, locate }, i) => {
    const { name } = definition.metadata;
    const earlier = pipelines.slice(0, i).find((other) => other.definition.metadata.name === name);
    if (!earlier) return [];
    const where = earlier.file === file ? 'in this file' : `in ${earlier.file}`;
    return [locate({ path: ['metadata', 'name'], message: `"${name}" is the name of an earlier pipeline ${where}` })];
  });
}
