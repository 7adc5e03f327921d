import { type Finding, valueAt } from '../core/pipeline/finding';
import { suggestion } from '../core/pipeline/nearest';
import type { Problem } from '../core/pipeline/problem';
import { checkSchema } from '../core/pipeline/schema-findings';
import { readDocuments, type SourceDocument } from '../core/pipeline/yaml-document';
import { type GoldenTestDefinition, goldenTestSchema } from './golden-definition';

/** A golden test as it stands in its file. */
export interface GoldenTest {
  readonly definition: GoldenTestDefinition;
  /** The place of a finding in the file. */
  locate(finding: Finding): Problem;
}

export interface ParsedTests {
  readonly tests: readonly GoldenTest[];
  /** All problems of the file; tests that have none are among `tests`. */
  readonly problems: readonly Problem[];
}

/** Documents that other commands read, and that may stand in the same file. */
const OTHER_KINDS = ['Pipeline', 'Feed'];

/** Reads the golden tests of a YAML or JSON file. Never throws. */
export function parseGoldenTests(text: string, file: string): ParsedTests {
  const tests: GoldenTest[] = [];
  const problems: Problem[] = [];
  const documents = readDocuments(text, file).filter(({ value }) => value !== null);
  for (const document of documents) {
    problems.push(...document.problems);
    if (document.value === undefined || OTHER_KINDS.some((other) => other === kindOf(document))) continue;
    const shape = checkDocument(document);
    if ('findings' in shape) problems.push(...shape.findings.map(document.locate));
    else if (document.problems.length === 0) tests.push({ definition: shape.definition, locate: document.locate });
  }
  if (tests.length === 0 && problems.length === 0) {
    problems.push({ file, line: 1, column: 1, message: 'there is no document of kind Test in this file' });
  }
  return { tests, problems };
}

function checkDocument(document: SourceDocument): ReturnType<typeof checkSchema<GoldenTestDefinition>> {
  const kind = kindOf(document);
  if (typeof kind !== 'string' || kind === 'Test') return checkSchema(document.value, goldenTestSchema);
  const message = `unknown kind "${kind}"${suggestion(kind, ['Test', ...OTHER_KINDS])}`;
  return { findings: [{ path: ['kind'], message }] };
}

function kindOf({ value }: SourceDocument): unknown {
  return valueAt(value, ['kind']);
}
