import { flushCompileCache } from 'node:module';

import { Argument, Command, InvalidArgumentError } from 'commander';
import { loadConfig } from '../config/config';
import { parseDuration } from '../core/pipeline/duration';
import { VERSION } from '../version';
import type { CommandIo } from './command-io';
import { addSavepoints } from './savepoint/savepoint-program';
import type { SchemaKind } from './schema.command';
import type { ListLettersOptions, ReplayLettersOptions } from './dead-letters.command';

type SetExitCode = (code: number | undefined) => void;

const EXIT_CODES = `
Exit codes: 0 done, 1 a check failed, 2 wrong use or bad input, 3 a dependency is unreachable.
Settings come from MILLRACE_* variables or the file that MILLRACE_CONFIG names.`;

/** The command line. What a command needs is loaded when it runs: `validate` must not wait for Kafka's client. */
export function program(given: CommandIo, setExitCode: SetExitCode): Command {
  const io: ExtendedIo = { ...given };
  const root = new Command('millrace')
    .description('A stateful, event-time stream processor: Kafka in, Redis for state, Cassandra out.')
    .version(VERSION)
    .addHelpText('after', EXIT_CODES)
    .showHelpAfterError('(millrace --help lists commands and options)')
    .exitOverride();
  root.configureOutput({ writeErr: (text) => io.err(text.trimEnd()), writeOut: (text) => io.out(text.trimEnd()) });
  addService(root, setExitCode);
  addFileCommands(root, io, setExitCode);
  addReplay(root, io, setExitCode);
  addIngest(root, io, setExitCode);
  addServerCommands(root, io, setExitCode);
  addDeadLetters(root, io, setExitCode);
  addUpgrades(root, io, setExitCode);
  addSavepoints(root, io, setExitCode);
  addExtensions(root, io);
  return root;
}

/** Those that read files of definitions; the others know the modules from the configuration. */
const READ_FILES = ['validate', 'test', 'explain', 'replay', 'ingest', 'ddl', 'plan', 'rebuild'];

type ExtendedIo = { -readonly [Name in keyof CommandIo]: CommandIo[Name] };

function addExtensions(root: Command, io: ExtendedIo): void {
  for (const command of root.commands.filter((known) => READ_FILES.includes(known.name()))) {
    command
      .option('--extensions <paths>', 'modules whose aggregates and functions definitions call (MILLRACE_EXTENSIONS)')
      .hook('preAction', async (_root, called) => {
        const paths = called.opts<{ extensions?: string }>().extensions ?? process.env['MILLRACE_EXTENSIONS'] ?? '';
        if (paths === '') return;
        const { loadExtensions } = await import('../processing/extension-modules.js');
        io.extensions = await loadExtensions(paths.split(',').map((path) => path.trim()));
      });
  }
}

function addService(root: Command, setExitCode: SetExitCode): void {
  root
    .command('start')
    .description('run the service; roles by MILLRACE_ROLES=ingest,process,serve (default all)')
    .option('--demo', 'print the address of the page')
    .action(async ({ demo }: { demo?: boolean }) => {
      const config = loadConfig();
      const { startService } = await import('../main.js');
      // Now, because a process that is killed keeps nothing, and because it takes a fifth of a second the first time.
      flushCompileCache();
      await startService(config, { demo: demo === true });
      setExitCode(undefined);
    });
}

function addFileCommands(root: Command, io: CommandIo, setExitCode: SetExitCode): void {
  root
    .command('validate')
    .description('check pipelines, feeds and golden tests; prints file:line:column: message')
    .argument('<files...>', 'YAML or JSON files; pipelines of all of them are checked together')
    .option('--tables', 'check the tables that Cassandra has, not those that the migrations make')
    .option('--registry', 'check schemas with those that the schema registry has')
    .action(async (files: string[], ask: { tables?: boolean; registry?: boolean }) => {
      const { validate, validateWithServers } = await import('./validate.command.js');
      const asksServers = ask.tables === true || ask.registry === true;
      setExitCode(await (asksServers ? validateWithServers(files, ask, loadConfig(), io) : validate(files, io)));
    });
  root
    .command('test')
    .description('run golden tests in virtual time: documents of kind Test; prints what differs')
    .argument('<files...>', 'YAML or JSON files')
    .action(async (files: string[]) => {
      const { test } = await import('./test.command.js');
      setExitCode(await test(files, io));
    });
  root
    .command('explain')
    .description('print what a pipeline reads, keeps and writes: topics, tasks, state size, Redis keys, tables')
    .argument('<file>', 'pipeline')
    .option('--pipeline <name>', 'which one, if the file holds several')
    .option('--mermaid', 'print the graph alone, as Mermaid text')
    .option('--json', 'print the plan as JSON')
    .action(async (file: string, options: Parameters<(typeof import('./explain.command.js'))['explain']>[1]) => {
      const { explain } = await import('./explain.command.js');
      setExitCode(await explain(file, options, io));
    });
  root
    .command('schema')
    .description('print the JSON Schema of pipelines, feeds or golden tests, or the reference in Markdown')
    .addArgument(
      new Argument('[kind]', 'what to describe').choices(['pipeline', 'feed', 'test', 'reference']).default('pipeline'),
    )
    .action(async (kind: SchemaKind) => {
      const { schema } = await import('./schema.command.js');
      setExitCode(schema(io, kind));
    });
}

function addReplay(root: Command, io: CommandIo, setExitCode: SetExitCode): void {
  root
    .command('replay')
    .description('run one pipeline over a file in virtual time; needs no server, and is deterministic')
    .argument('<file>', 'pipeline')
    .requiredOption('--input <path>', 'NDJSON or CSV, .gz too; - for standard input')
    .option('--pipeline <name>', 'which one, if the file holds several')
    .option('--rows', 'print each emitted row (default)')
    .option('--table', 'print the rows that are left at the end, ordered by key then start')
    .option('--close', 'close the windows that are open at the end of the input')
    .option('--late', 'print late records, to standard error')
    .option('--lookup <name=file>', 'entries of a table that records are looked up in; for each table', collected)
    .option('--partitions <n>', 'spread keys over so many partitions', wholeNumber, 1)
    .action(async (file: string, options: Parameters<(typeof import('./replay.command.js'))['replay']>[1]) => {
      const { replay } = await import('./replay.command.js');
      setExitCode(await replay(file, options, io));
    });
}

function addIngest(root: Command, io: CommandIo, setExitCode: SetExitCode): void {
  root
    .command('ingest')
    .description("feed a file into a pipeline's source topic, keyed as the pipeline groups")
    .argument('<file>', 'pipeline')
    .requiredOption('--source <path>', 'NDJSON or CSV, .gz too; - for standard input')
    .option('--pipeline <name>', 'which one, if the file holds several')
    .option('--rate <n>', 'records per second', wholeNumber)
    .option('--speed-up <factor>', 'event time, so many times faster: 3600x plays an hour in a second', speedUp)
    .option('--quiet', 'no progress')
    .action(async (file: string, options: Parameters<(typeof import('./ingest.command.js'))['ingest']>[1]) => {
      const { ingest } = await import('./ingest.command.js');
      setExitCode(await ingest(file, options, loadConfig(), io));
    });
}

function addServerCommands(root: Command, io: CommandIo, setExitCode: SetExitCode): void {
  root
    .command('ddl')
    .description("print the CQL that a pipeline's tables need")
    .argument('<file>', 'pipeline')
    .option('--apply', 'apply the numbered migrations of this version to Cassandra')
    .action(async (file: string, { apply }: { apply?: boolean }) => {
      const { ddl } = await import('./ddl.command.js');
      setExitCode(await ddl(file, { apply: apply === true }, loadConfig(), io));
    });
  root
    .command('migrate')
    .description('apply the numbered migrations of this version to Cassandra, and wait for it if it is away')
    .option('--wait <duration>', 'for a Cassandra that does not answer yet', milliseconds, 60_000)
    .action(async ({ wait }: { wait: number }) => {
      const { migrate } = await import('./migrate.command.js');
      setExitCode(await migrate({ waitMs: wait }, loadConfig().cassandra, io));
    });
  root
    .command('reset')
    .description('move a stopped pipeline, without its state; starts a new generation')
    .argument('<name>', 'pipeline, in the folder of MILLRACE_PIPELINES')
    .requiredOption('--to <place>', 'earliest, latest, a time such as 2026-01-31T00:00:00Z, or offset:0=12,1=40')
    .action(async (name: string, { to }: { to: string }) => {
      const { reset } = await import('./reset.command.js');
      setExitCode(await reset(name, to, loadConfig(), io));
    });
  root
    .command('doctor')
    .description('check brokers, topics, Redis, Cassandra; say what is wrong and how to put it right')
    .option('--timeout <duration>', 'for each server', milliseconds, 5_000)
    .action(async ({ timeout }: { timeout: number }) => {
      const { doctor } = await import('./doctor.command.js');
      setExitCode(await doctor(loadConfig(), { timeoutMs: timeout }, io));
    });
}

function addDeadLetters(root: Command, io: CommandIo, setExitCode: SetExitCode): void {
  const letters = root
    .command('dead-letters')
    .description('look at records that could not be processed, or replay them');
  letters
    .command('list')
    .description('print dead letters, the newest first, one JSON line each')
    .argument('<pipeline>', 'in the folder of MILLRACE_PIPELINES')
    .option('--key <text>', 'only records with this message key')
    .option('--reason <reason>', 'such as not-decodable or expression-failed')
    .option('--limit <n>', 'at most so many', wholeNumber, 100)
    .action(async (name: string, options: ListLettersOptions) => {
      const { listDeadLetters } = await import('./dead-letters.command.js');
      setExitCode(await listDeadLetters(name, options, loadConfig(), io));
    });
  letters
    .command('replay')
    .description('send dead letters to the source topic again, in their order, each once')
    .argument('<pipeline>', 'in the folder of MILLRACE_PIPELINES')
    .option('--key <text>', 'only records with this message key')
    .option('--reason <reason>', 'such as not-decodable or expression-failed')
    .option('--from <time>', 'only letters written at or after, such as 2026-01-31T00:00:00Z')
    .option('--to <time>', 'only letters written before')
    .option('--patch <json>', 'JSON merge patch (RFC 7396) that puts each value right')
    .option('--again', 'also those that a replay that ended early may have sent')
    .action(async (name: string, options: ReplayLettersOptions) => {
      const { replayDeadLetters } = await import('./dead-letters.command.js');
      setExitCode(await replayDeadLetters(name, options, loadConfig(), io));
    });
}

function addUpgrades(root: Command, io: CommandIo, setExitCode: SetExitCode): void {
  root
    .command('plan')
    .description('compare definitions with what is deployed: unchanged, compatible, needs a rebuild, refused')
    .argument('<files...>', 'YAML or JSON files, or modules')
    .option('--json', 'print the plan as JSON')
    .option('--detailed-exit-code', 'exit with 4 when a pipeline needs a rebuild')
    .action(async (files: string[], options: Parameters<(typeof import('./plan.command.js'))['plan']>[1]) => {
      const { plan } = await import('./plan.command.js');
      setExitCode(await plan(files, options, loadConfig(), io));
    });
  root
    .command('rebuild')
    .description('compute a changed pipeline anew beside the version that runs, and let it take over')
    .argument('<name>', 'pipeline, in the file')
    .requiredOption('--file <path>', 'the new definition')
    .option('--from <time>', 'begin at a time such as 2026-01-31T00:00:00Z; default: where the log begins')
    .option('--yes', 'also if the beginning of the log was deleted')
    .action(async (name: string, options: Parameters<(typeof import('./rebuild.command.js'))['rebuild']>[1]) => {
      const { rebuild } = await import('./rebuild.command.js');
      setExitCode(await rebuild(name, options, loadConfig(), io));
    });
}

function collected(given: string, before: readonly string[] = []): readonly string[] {
  return [...before, given];
}

function wholeNumber(given: string): number {
  const value = /^\d{1,9}$/.test(given) ? Number(given) : 0;
  if (value < 1) throw new InvalidArgumentError('A whole number from 1 on is needed.');
  return value;
}

function speedUp(given: string): number {
  const value = /^\d+(\.\d+)?x?$/.test(given) ? Number(given.replace('x', '')) : 0;
  if (value <= 0) throw new InvalidArgumentError('A factor such as 3600x is needed.');
  return value;
}

function milliseconds(given: string): number {
  const value = parseDuration(given);
  if (value === undefined || value <= 0) throw new InvalidArgumentError('A duration such as 5s is needed.');
  return value;
}
