import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionDefinition } from '../../src/core/pipeline/function-definition';
import { DEFAULT_LIMITS, type EngineLimits } from '../../src/sandbox/engine';
import { sandboxedModule } from '../../src/sandbox/sandboxed-module';

export interface Exported {
  readonly functions: readonly FunctionDefinition[];
}

/** Modules of extensions in a folder of their own. */
export class ModuleFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'millrace-sandbox-'));

  constructor() {
    // For modules that are loaded into the process.
    symlinkSync(join(__dirname, '..', '..', 'node_modules'), join(this.path, 'node_modules'));
  }

  write(name: string, text: string): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** What a module in the sandbox exports. */
  async load<What = Exported>(name: string, text: string, limits: Partial<EngineLimits> = {}): Promise<What> {
    const url = pathToFileURL(this.write(name, text)).href;
    return (await sandboxedModule(url, { ...DEFAULT_LIMITS, ...limits })) as What;
  }

  /** A function of expressions with this body and arguments `a` and `b`, in the sandbox. */
  async function(body: string, limits: Partial<EngineLimits> = {}): Promise<(...args: unknown[]) => unknown> {
    const text = `
      import { defineFunction } from 'millrace';
      export const functions = [defineFunction('f', '(dyn, dyn): dyn', (a, b) => { ${body} }, 1)];
    `;
    const { functions } = await this.load('function.mjs', text, limits);
    return functions[0]!.call as (...args: unknown[]) => unknown;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
