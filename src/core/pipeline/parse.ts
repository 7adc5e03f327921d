import { checkTogether } from './check-together';
import type { LocatedDefinition } from './located-definition';
import { checkDefinition } from './check-definition';
import type { PipelineDefinition } from './definition';
import { type Finding, valueAt } from './finding';
import { type Language, STANDARD_LANGUAGE } from './language';
import { suggestion } from './nearest';
import type { Problem } from './problem';
import { type ReadBeside, withSchemaTexts } from './schema-files';
import { readDocuments, type SourceDocument } from './yaml-document';

export interface ParsedPipelines {
  /** The pipelines that have no problem of their own. */
  readonly definitions: readonly PipelineDefinition[];
  /** The same, with their places. */
  readonly located: readonly LocatedDefinition[];
  /** All problems, file by file in the order of their places. */
  readonly problems: readonly Problem[];
}

/** A file of definitions, as it was read. */
export interface PipelineFile {
  readonly path: string;
  readonly text: string;
  /** Of the files that its definitions name; without it they may name none. */
  readonly readBeside?: ReadBeside;
}

/** Documents that other commands read. */
const OTHER_KINDS = ['Test', 'Feed'];

/**
 * Reads the pipelines of a YAML (one or more documents) or JSON file and finds everything that is wrong with them, each by
 * itself and all together. Never throws. Documents of other kinds are skipped.
 */
export function parsePipelines(
  text: string,
  file: string,
  language: Language = STANDARD_LANGUAGE,
  readBeside?: ReadBeside,
): ParsedPipelines {
  return parsePipelineFiles([{ path: file, text, ...(readBeside && { readBeside }) }], language);
}

/** The same for files that are to run side by side, and beside pipelines from elsewhere. */
export function parsePipelineFiles(
  files: readonly PipelineFile[],
  language: Language = STANDARD_LANGUAGE,
  others: readonly LocatedDefinition[] = [],
): ParsedPipelines {
  const parsed = files.map((file) => parseFile(file, language));
  const located = parsed.flatMap((file) => file.located);
  const problems = [...parsed.flatMap((file) => file.problems), ...checkTogether([...located, ...others], language)];
  return { definitions: located.map(({ definition }) => definition), located, problems: inOrder(problems, files) };
}

function parseFile(
  { path, text, readBeside }: PipelineFile,
  language: Language,
): Pick<ParsedPipelines, 'located' | 'problems'> {
  const documents = readDocuments(text, path).filter(({ value }) => value !== null);
  if (documents.length === 0) {
    return {
      located: [],
      problems: [{ file: path, line: 1, column: 1, message: 'there is no document in this file' }],
    };
  }
  const located: LocatedDefinition[] = [];
  const problems: Problem[] = [];
  for (const document of documents) {
    const { definition, problems: found } = checkDocument(document, language, readBeside);
    problems.push(...document.problems, ...found);
    if (definition && document.problems.length === 0) located.push({ definition, file: path, locate: document.locate });
  }
  return { located, problems };
}

interface Checked {
  readonly definition?: PipelineDefinition;
  readonly problems: readonly Problem[];
}

function checkDocument(document: SourceDocument, language: Language, readBeside: ReadBeside | undefined): Checked {
  const { value } = document;
  if (value === undefined) return { problems: [] };
  const kind = valueAt(value, ['kind']);
  if (typeof kind === 'string' && kind !== 'Pipeline') return { problems: checkOtherKind(kind).map(document.locate) };
  const checked = checkDefinition(value, language);
  if ('findings' in checked) return { problems: checked.findings.map(document.locate) };
  const { definition, findings } = withSchemaTexts(checked.definition, readBeside);
  return findings.length > 0 ? { problems: findings.map(document.locate) } : { definition, problems: [] };
}

function checkOtherKind(kind: string): Finding[] {
  if (OTHER_KINDS.includes(kind)) return [];
  return [{ path: ['kind'], message: `unknown kind "${kind}"${suggestion(kind, ['Pipeline', ...OTHER_KINDS])}` }];
}

function inOrder(problems: readonly Problem[], files: readonly PipelineFile[]): Problem[] {
  const position = new Map(files.map(({ path }, i) => [path, i]));
  const of = ({ file }: Problem): number => position.get(file) ?? 0;
  return [...problems].sort(
    (left, right) => of(left) - of(right) || left.line - right.line || left.column - right.column,
  );
}
