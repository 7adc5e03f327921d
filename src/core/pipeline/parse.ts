import { checkRecordExpressions } from './expression-findings';
import { type PipelineDefinition, pipelineSchema } from './definition';
import { type Finding, valueAt } from './finding';
import { type Language, STANDARD_LANGUAGE } from './language';
import { suggestion } from './nearest';
import type { Problem } from './problem';
import { checkSchema } from './schema-findings';
import { checkSinks } from './sink-findings';
import { readDocuments, type SourceDocument } from './yaml-document';

export interface ParsedPipelines {
  /** The pipelines that have no problem. */
  readonly definitions: readonly PipelineDefinition[];
  /** All problems of the file, in the order of their places. */
  readonly problems: readonly Problem[];
}

/** Documents that other commands read. */
const OTHER_KINDS = ['Test', 'Feed'];

/**
 * Reads the pipelines of a YAML (one or more documents) or JSON file and finds everything that is wrong with them.
 * Never throws. Documents of other kinds are skipped.
 */
export function parsePipelines(text: string, file: string, language: Language = STANDARD_LANGUAGE): ParsedPipelines {
  const definitions: PipelineDefinition[] = [];
  const problems: Problem[] = [];
  const documents = readDocuments(text, file).filter(({ value }) => value !== null);
  for (const document of documents) {
    const found = checkDocument(document, language);
    const definition = found.definition;
    problems.push(...document.problems, ...found.problems);
    if (!definition || document.problems.length > 0) continue;
    if (definitions.some((earlier) => earlier.metadata.name === definition.metadata.name)) {
      problems.push(document.locate(nameTaken(definition.metadata.name)));
    } else definitions.push(definition);
  }
  if (documents.length === 0) problems.push({ file, line: 1, column: 1, message: 'there is no document in this file' });
  return { definitions, problems: inOrder(problems) };
}

interface Checked {
  readonly definition?: PipelineDefinition;
  readonly problems: readonly Problem[];
}

function checkDocument(document: SourceDocument, language: Language): Checked {
  const { value } = document;
  if (value === undefined) return { problems: [] };
  const kind = valueAt(value, ['kind']);
  if (typeof kind === 'string' && kind !== 'Pipeline') return { problems: checkOtherKind(kind).map(document.locate) };
  const shape = checkSchema(value, pipelineSchema);
  const found = [
    ...('findings' in shape ? shape.findings : []),
    ...checkRecordExpressions(value, language),
    ...checkSinks(value, language),
  ];
  if (found.length > 0 || !('definition' in shape)) return { problems: found.map(document.locate) };
  return { definition: shape.definition, problems: [] };
}

function checkOtherKind(kind: string): Finding[] {
  if (OTHER_KINDS.includes(kind)) return [];
  return [{ path: ['kind'], message: `unknown kind "${kind}"${suggestion(kind, ['Pipeline', ...OTHER_KINDS])}` }];
}

function nameTaken(name: string): Finding {
  return { path: ['metadata', 'name'], message: `"${name}" is the name of an earlier pipeline in this file` };
}

function inOrder(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((left, right) => left.line - right.line || left.column - right.column);
}
