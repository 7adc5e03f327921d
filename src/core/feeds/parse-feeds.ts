import { messageOf } from '../errors';
import { type Finding, valueAt } from '../pipeline/finding';
import { type Language, STANDARD_LANGUAGE } from '../pipeline/language';
import type { PipelineFile } from '../pipeline/parse';
import type { ReadBeside } from '../pipeline/schema-files';
import type { Problem } from '../pipeline/problem';
import { readDocuments, type SourceDocument } from '../pipeline/yaml-document';
import { checkFeed } from './check-feed';
import type { FeedDefinition } from './feed-definition';
import { type Environment, fillPlaceholders } from './placeholders';

/** A feed that has no problem of its own. */
export interface LocatedFeed {
  readonly definition: FeedDefinition;
  readonly file: string;
}

export interface ParsedFeeds {
  readonly feeds: readonly LocatedFeed[];
  /** Of all files, in the order of their places. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the feeds of YAML or JSON files and finds everything that is wrong with them, each by itself and all together:
 * two feeds of one name would share a cursor. Never throws. Documents of other kinds are skipped; only those of the kinds
 * `others` if it is given, so that nothing is overlooked where feeds belong.
 */
export function parseFeedFiles(
  files: readonly PipelineFile[],
  environment: Environment,
  language: Language = STANDARD_LANGUAGE,
  others: readonly string[] | undefined = undefined,
): ParsedFeeds {
  const names = new Map<string, string>();
  const feeds: LocatedFeed[] = [];
  const problems: Problem[] = [];
  for (const { path: file, text, readBeside } of files) {
    for (const document of readDocuments(text, file)) {
      if (document.value === undefined) problems.push(...document.problems);
      if (!isFeed(document, others)) continue;
      const { definition, findings } = checkDocument(document, { environment, language, readBeside });
      const all = [...findings, ...(definition ? sameName(definition.metadata.name, file, names) : [])];
      problems.push(...document.problems, ...all.map(document.locate));
      if (definition && all.length === 0 && document.problems.length === 0) feeds.push({ definition, file });
    }
  }
  return { feeds, problems };
}

function isFeed({ value }: SourceDocument, others: readonly string[] | undefined): boolean {
  if (value === undefined || value === null) return false;
  const kind = valueAt(value, ['kind']);
  return others ? !others.includes(String(kind)) : kind === 'Feed';
}

interface Surroundings {
  readonly environment: Environment;
  readonly language: Language;
  readonly readBeside: ReadBeside | undefined;
}

function checkDocument(
  { value }: SourceDocument,
  { environment, language, readBeside }: Surroundings,
): { readonly definition?: FeedDefinition; readonly findings: readonly Finding[] } {
  const filled = fillPlaceholders(value, environment);
  if (filled.findings.length > 0) return { findings: filled.findings };
  const checked = checkFeed(filled.value, language);
  return 'findings' in checked ? { findings: checked.findings } : withSchemaText(checked.definition, readBeside);
}

/** The definition with the text of the schema that it names by its file. */
function withSchemaText(
  definition: FeedDefinition,
  readBeside: ReadBeside | undefined,
): { readonly definition?: FeedDefinition; readonly findings: readonly Finding[] } {
  const { schema } = definition.spec;
  if (schema?.file === undefined) return { definition, findings: [] };
  try {
    if (!readBeside) throw new Error('there is no folder here; give the schema as text');
    const text = readBeside(schema.file);
    return { definition: { ...definition, spec: { ...definition.spec, schema: { ...schema, text } } }, findings: [] };
  } catch (thrown) {
    return { findings: [{ path: ['spec', 'schema', 'file'], message: `cannot be read: ${messageOf(thrown)}` }] };
  }
}

function sameName(name: string, file: string, known: Map<string, string>): Finding[] {
  const other = known.get(name);
  known.set(name, file);
  if (other === undefined) return [];
  return [{ path: ['metadata', 'name'], message: `"${name}" is the name of a feed in ${other} too` }];
}
