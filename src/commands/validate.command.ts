import { CassandraClient } from '../adapters/cassandra/cassandra-client';
import { HttpSchemaRegistry } from '../adapters/schema-registry/http-schema-registry';
import { schemaFindings } from '../adapters/schema-registry/schema-findings';
import type { MillraceConfig } from '../config/config';
import { messageOf } from '../core/errors';
import { parseFeedFiles } from '../core/feeds/parse-feeds';
import type { Language } from '../core/pipeline/language';
import type { LocatedDefinition } from '../core/pipeline/located-definition';
import { parsePipelineFiles, type PipelineFile } from '../core/pipeline/parse';
import { type Problem, problemText } from '../core/pipeline/problem';
import type { SchemaRegistry } from '../core/ports/schema-registry.port';
import { NO_EXTENSIONS } from '../runtime/catalog-extensions';
import { besideFile } from '../processing/read-beside';
import { parseGoldenTests } from '../testing/golden-file';
import type { CommandIo } from './command-io';
import { EXIT } from './exit-codes';
import { isModule, readModule } from './module-file';
import { checkTables, type FindTable, migratedTables, tablesOf } from './table-problems';

/** What takes the place of the files of this project. */
export interface ValidateServers {
  readonly findTable?: FindTable | undefined;
  readonly registry?: SchemaRegistry | undefined;
}

export type ValidateIo = Pick<CommandIo, 'out' | 'err' | 'readFile' | 'extensions'>;

/**
 * Checks the pipelines, feeds and golden tests of files and modules, each by itself and the pipelines together: each problem to `err` as
 * `file:line:column: message`, each good file to `out`. Tables that the migrations make are checked too, and schemas that
 * the definitions hold; `servers` are asked instead. Exit code 0 when all are right, 1 when one has a problem, 2 when one cannot be read. All files are
 * looked at in any case.
 */
export async function validate(
  files: readonly string[],
  io: ValidateIo,
  { findTable, registry }: ValidateServers = {},
): Promise<number> {
  if (files.length === 0) {
    io.err('no file given; use: millrace validate FILE...');
    return EXIT.wrongUse;
  }
  const modules = await Promise.all(files.filter(isModule).map(readModule));
  const read = await Promise.all(files.filter((path) => !isModule(path)).map((path) => readOne(path, io)));
  const texts = read.filter((file) => file !== undefined);
  const { language } = io.extensions ?? NO_EXTENSIONS;
  const ofModules = modules.flatMap((module) => module.located);
  const parsed = parsePipelineFiles(texts, language, ofModules);
  const located = [...parsed.located, ...ofModules];
  const find = findTable ?? (await migratedTables());
  const ofTables = (await Promise.all(located.map((pipeline) => checkTables(pipeline, find)))).flat();
  const ofSchemas = (await Promise.all(located.map((pipeline) => checkSchemas(pipeline, language, registry)))).flat();
  const ofEach = [...parsed.problems, ...modules.flatMap((module) => module.problems)];
  const feeds = parseFeedFiles(texts, process.env, language);
  const all = [...ofEach, ...ofTables, ...ofSchemas, ...feeds.problems, ...texts.flatMap(testProblems)];
  const looked = [...texts, ...modules.map(({ path }) => ({ path, text: '' }))];
  for (const file of looked) {
    const counts = { pipelines: countIn(located, file), feeds: countIn(feeds.feeds, file) };
    report(file, counts, all, io);
  }
  if (looked.length < files.length) return EXIT.wrongUse;
  return all.length > 0 ? EXIT.checkFailed : EXIT.done;
}

/** The same with what the servers have that `ask` names. Throws TransientError when one does not answer. */
export async function validateWithServers(
  files: readonly string[],
  ask: { readonly tables?: boolean; readonly registry?: boolean },
  config: MillraceConfig,
  io: ValidateIo,
): Promise<number> {
  const registry = ask.registry ? new HttpSchemaRegistry(config.schemaRegistry) : undefined;
  if (!ask.tables) return validate(files, io, { registry });
  const client = new CassandraClient(config.cassandra);
  try {
    await client.connect();
    return await validate(files, io, { findTable: tablesOf(client), registry });
  } finally {
    await client.close();
  }
}

async function checkSchemas(
  { definition, locate }: LocatedDefinition,
  language: Language,
  registry: SchemaRegistry | undefined,
): Promise<readonly Problem[]> {
  return (await schemaFindings(definition, language, registry)).map(locate);
}

async function readOne(path: string, io: ValidateIo): Promise<PipelineFile | undefined> {
  try {
    return { path, text: await io.readFile(path), readBeside: besideFile(path) };
  } catch (error) {
    io.err(`${path}: cannot be read: ${messageOf(error)}`);
    return undefined;
  }
}

/** Those of its golden tests, if it holds any. */
function testProblems({ path, text }: PipelineFile): readonly Problem[] {
  return /^kind:\s*["']?Test\b/m.test(text) ? parseGoldenTests(text, path).problems : [];
}

function countIn(found: readonly { readonly file: string }[], { path }: PipelineFile): number {
  return found.filter(({ file }) => file === path).length;
}

interface Counts {
  readonly pipelines: number;
  readonly feeds: number;
}

function report({ path, text }: PipelineFile, { pipelines, feeds }: Counts, all: readonly Problem[], io: ValidateIo) {
  const lines = all.filter(({ file }) => file === path).sort((a, b) => a.line - b.line || a.column - b.column);
  for (const line of new Set(lines.map(problemText))) io.err(line);
  if (lines.length > 0) return;
  const tests = parseGoldenTests(text, path).tests.length;
  const parts = [
    ...(pipelines > 0 || tests + feeds === 0 ? [counted(pipelines, 'pipeline')] : []),
    ...(feeds > 0 ? [counted(feeds, 'feed')] : []),
    ...(tests > 0 ? [counted(tests, 'test')] : []),
  ];
  io.out(`${path}: ok (${parts.join(', ')})`);
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
