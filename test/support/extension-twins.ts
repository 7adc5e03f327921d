import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { CompiledPipeline } from '../../src/core/pipeline/compiled-pipeline';
import { loadExtensions } from '../../src/processing/extension-modules';
import { importerOf } from '../../src/processing/module-importer';
import type { CatalogExtensions } from '../../src/runtime/catalog-extensions';
import type { ModuleFolder } from './sandboxed-modules';

const ROOT = join(__dirname, '..', '..');
const EXAMPLE = ['pipelines.ts', 'dew-point.ts', 'geometric-mean.ts'];
const BLOCK = /^```ts\n\/\/ ([\w.-]+)\n([\s\S]*?)^```$/gm;

function compiled(text: string): string {
  const compilerOptions = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 };
  return ts.transpileModule(text, { compilerOptions }).outputText;
}

/** The example in TypeScript, compiled as users compile theirs. */
export function compiledExample(folder: ModuleFolder): string {
  const [main = ''] = EXAMPLE.map((name) => {
    const text = readFileSync(join(ROOT, 'examples', 'typescript', name), 'utf8');
    return folder.write(`example/${name.replace('.ts', '.js')}`, compiled(text));
  });
  return main;
}

/** The modules of docs/typescript.md, compiled. */
export function compiledPage(folder: ModuleFolder): string {
  const page = readFileSync(join(ROOT, 'docs', 'typescript.md'), 'utf8');
  for (const [, name = '', text = ''] of page.matchAll(BLOCK)) {
    if (name.includes('.test.')) continue;
    // The page tests its pipelines where they stand; a sandbox has no test driver.
    const withoutTest = text.split('\nconst [row] = new TestDriver')[0]!;
    folder.write(`page/${name.replace('.ts', '.js')}`, compiled(withoutTest));
  }
  return join(folder.path, 'page', 'index.js');
}

export interface Twins {
  readonly sandbox: CatalogExtensions;
  readonly process: CatalogExtensions;
}

/** One module, loaded both ways. */
export async function twinsOf(path: string): Promise<Twins> {
  const [sandbox, inProcess] = await Promise.all([
    loadExtensions([path], importerOf('sandbox')),
    loadExtensions([path], importerOf('process')),
  ]);
  return { sandbox, process: inProcess };
}

export function pipelineOf({ pipelines }: CatalogExtensions, name: string): CompiledPipeline {
  const found = pipelines.find(({ compiled: pipeline }) => pipeline.name === name);
  if (!found) throw new Error(`No pipeline ${name}`);
  return found.compiled;
}
