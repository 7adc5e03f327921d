import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const ROOT = join(__dirname, '..', '..', '..');
const BLOCK = /^```ts\n\/\/ ([\w.-]+)\n([\s\S]*?)^```$/gm;

/** The examples of the page by the file names that their first lines give. */
const page = readFileSync(join(ROOT, 'docs', 'typescript.md'), 'utf8');
const examples = new Map([...page.matchAll(BLOCK)].map(([, name = '', text = '']) => [name, text]));

function errorsOf(files: ReadonlyMap<string, string>): string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const folder = join(ROOT, 'docs');
  const host = ts.createCompilerHost({ ...options, noEmit: true });
  const textOf = (path: string) => files.get(path.replace(`${folder}/`, ''));
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => textOf(path) !== undefined || fileExists.call(host, path);
  host.readFile = (path) => textOf(path) ?? readFile.call(host, path);
  host.getSourceFile = (path, version, ...rest) => {
    const text = textOf(path);
    return text === undefined
      ? getSourceFile.call(host, path, version, ...rest)
      : ts.createSourceFile(path, text, version);
  };
  const roots = [...files.keys()].map((name) => join(folder, name));
  const program = ts.createProgram(roots, { ...options, noEmit: true }, host);
  const found = roots.flatMap((path) => ts.getPreEmitDiagnostics(program, program.getSourceFile(path)));
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** Runs one example and what it imports, as a bundler would. */
function run(name: string, loaded = new Map<string, object>()): object {
  const known = loaded.get(name);
  if (known) return known;
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 };
  const { outputText } = ts.transpileModule(examples.get(name)!, { compilerOptions });
  const exported = {};
  loaded.set(name, exported);
  const load = (path: string): unknown =>
    path.startsWith('./') ? run(`${path.slice(2)}.ts`, loaded) : jest.requireActual(path);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- the page is ours
  new Function('require', 'exports', outputText)(load, exported);
  return exported;
}

describe('docs/typescript.md', () => {
  it('compiles', () => {
    expect([...examples.keys()]).toEqual([
      'air-quality.ts',
      'air-quality.test.ts',
      'extensions.ts',
      'heat.ts',
      'index.ts',
    ]);
    expect(errorsOf(examples)).toEqual([]);
  });

  it('has its types checked here', () => {
    const wrong = examples.get('air-quality.ts')!.replace("avg('pm25')", "avg('location')");
    expect(errorsOf(new Map([['air-quality.ts', wrong]]))[0]).toContain(
      '\'"location"\' is not assignable to type \'"pm25"\'',
    );
  });

  it.each([...examples.keys()])('runs %s, whose assertions hold', (name) => {
    expect(() => run(name)).not.toThrow();
  });
});
