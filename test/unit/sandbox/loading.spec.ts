import { join } from 'node:path';
import { loadExtensions } from '../../../src/processing/extension-modules';
import { importerOf } from '../../../src/processing/module-importer';
import { ModuleFolder } from '../../support/sandboxed-modules';

const HALVED = "defineFunction('halved', '(double): double', (x) => x / 2, 1)";

describe('modules in the sandbox', () => {
  const folder = new ModuleFolder();
  afterAll(() => folder.remove());

  const load = (name: string, text: string) => loadExtensions([folder.write(name, text)], importerOf('sandbox'));
  const names = async (name: string, text: string) => (await load(name, text)).language.functionNames;

  it.each([
    ['an ES module', 'a.mjs', `import { defineFunction } from 'millrace'; export const functions = [${HALVED}];`],
    [
      'an ES module by its text',
      'a.js',
      `import { defineFunction } from 'millrace'; export const functions = [${HALVED}];`,
    ],
    ['CommonJS', 'a.cjs', `const { defineFunction } = require('millrace'); exports.functions = [${HALVED}];`],
    [
      'CommonJS by its text',
      'b.js',
      `const { defineFunction } = require('millrace'); module.exports = { functions: [${HALVED}] };`,
    ],
    [
      'a default export',
      'd.mjs',
      `import { defineFunction } from 'millrace'; export default { functions: [${HALVED}] };`,
    ],
    [
      'TypeScript',
      'a.ts',
      `import { defineFunction, type Aggregator } from 'millrace'; const half: number = 2; export const functions = [defineFunction('halved', '(double): double', (x: number) => x / half, 1)];`,
    ],
    [
      'what waits for nothing at its top level',
      'w.mjs',
      `const { defineFunction } = await import('millrace'); export const functions = [${HALVED}];`,
    ],
    [
      'a script for a shell',
      's.cjs',
      `#!/usr/bin/env node\nconst { defineFunction } = require('millrace'); exports.functions = [${HALVED}];`,
    ],
  ])('may be %s', async (_what, name, text) => {
    expect(await names(name, text)).toContain('halved');
  });

  it('are of the kind that their package says', async () => {
    folder.write('esm/package.json', '{ "type": "module" }');
    expect(
      await names('esm/x.js', `import { defineFunction } from 'millrace'; export const functions = [${HALVED}];`),
    ).toContain('halved');
    folder.write('cjs/package.json', '{ "type": "commonjs" }');
    await expect(load('cjs/x.js', "import 'millrace'; export const functions = [];")).rejects.toThrow(
      'cannot be loaded: SyntaxError',
    );
  });

  it('import other files of their folder, each once, whatever kind they are', async () => {
    folder.write(
      'tree/lib/half.cjs',
      "const { by } = require('../numbers.json'); exports.half = (x) => x / by; exports['not a name'] = 1;",
    );
    folder.write('tree/numbers.json', '{ "by": 2 }');
    folder.write('tree/lib/index.mjs', "export { half } from './half.cjs'; export const times = []; times.push(1);");
    folder.write('tree/typed.ts', 'export const name: string = "halved";');
    const { functions } = await folder.load(
      'tree/main.mjs',
      `import { defineFunction } from 'millrace';
       import whole, { half } from './lib/half.cjs';
       import { half as again, times } from './lib/index.mjs';
       import { name } from './typed';
       if (half !== again || whole.half !== half || times.length !== 1) throw new Error('twice');
       export const functions = [defineFunction(name, '(double): double', half, 1)];`,
    );
    expect(functions[0]!.call(7 as never)).toBe(3.5);
    expect(functions[0]!.name).toBe('halved');
  });

  it('import each other in a circle, as in Node', async () => {
    folder.write('circle/b.cjs', "const a = require('./a.cjs'); exports.b = () => a.a() + 1;");
    const { functions } = await folder.load(
      'circle/a.cjs',
      "exports.a = () => 1; const { b } = require('./b.cjs'); exports.functions = [require('millrace').defineFunction('f', '(): int', b, 1)];",
    );
    expect(functions[0]!.call()).toBe(2);
  });

  it('have Zod, in both kinds of modules the same one', async () => {
    folder.write('zod.cjs', "exports.z = require('zod').z;");
    const { functions } = await folder.load(
      'zod.mjs',
      `import { defineFunction } from 'millrace'; import { z } from 'zod'; import { z as other } from './zod.cjs';
       export const functions = [defineFunction('ok', '(dyn): bool', (x) => z === other && z.email().safeParse(x).success, 1)];`,
    );
    expect(functions[0]!.call('a@example.org' as never)).toBe(true);
    expect(functions[0]!.call('example.org' as never)).toBe(false);
  });

  it.each([
    [
      'a module of Node',
      "import 'node:fs';",
      'm.mjs imports "node:fs", which the sandbox does not have; functions of extensions compute from the record alone: do without it, or, if you trust the module as you do the service, set MILLRACE_EXTENSIONS_ISOLATION=process',
    ],
    ['a module of Node by its short name', "import 'fs';", 'm.mjs imports "fs"'],
    ['one that waits for it', "await import('node:child_process');", 'm.mjs imports "node:child_process"'],
    [
      'a package',
      "import 'lodash';",
      'm.mjs imports "lodash", which the sandbox does not have; bundle it into the module (esbuild --bundle --external:millrace --external:zod), or, if you trust',
    ],
    ['a file that is not there', "import './gone.mjs';", 'm.mjs imports "./gone.mjs", which is not there'],
    ['a file outside of the folder', "import '../outside.mjs';", 'm.mjs imports "../outside.mjs", which is'],
    ['an absolute path', "import '/etc/hostname';", 'm.mjs imports "/etc/hostname", which the sandbox does not have'],
    [
      'a URL',
      "import 'file:///etc/hostname';",
      'm.mjs imports "file:///etc/hostname", which the sandbox does not have',
    ],
    [
      'what never comes',
      'await new Promise(() => {});',
      'm.mjs cannot be loaded: it waits for something at its top level',
    ],
    ['its own throw, with the line', '\n\nthrow new Error("no luck");', 'm.mjs cannot be loaded: no luck (at m.mjs:3'],
    ['a syntax error, with the line', '\nlet x = ;', /m\.mjs cannot be loaded: SyntaxError: .* \(at m\.mjs:2/],
    [
      'a test driver',
      "import { TestDriver } from 'millrace'; new TestDriver();",
      'TestDriver is not there in the sandbox',
    ],
  ])('are refused for %s', async (_what, text, message) => {
    await expect(load('inner/m.mjs', text)).rejects.toThrow(message);
  });

  it('reach no file outside by a link in their folder', async () => {
    const { symlinkSync } = await import('node:fs');
    const outside = folder.write('secret.json', '{}');
    folder.write('linked/empty.mjs', '');
    symlinkSync(outside, join(folder.path, 'linked', 'near.json'));
    await expect(load('linked/m.cjs', "require('./near.json')")).rejects.toThrow(
      "which is outside of the module's folder",
    );
  });

  it.each([
    [
      'one that is not there',
      () => loadExtensions([join(folder.path, 'gone.js')], importerOf('sandbox')),
      /gone\.js cannot be loaded: .*ENOENT/,
    ],
    [
      'one that exports nothing of use',
      () => load('n.mjs', 'export const other = 1;'),
      'n.mjs exports none of pipelines, aggregates and functions; each is a list',
    ],
    [
      'one whose functions are no list',
      () => load('n.mjs', 'export const functions = 1;'),
      'n.mjs: functions must be a list',
    ],
    [
      'a function that was not defined',
      () => load('n.mjs', 'export const functions = [(x) => x];'),
      'n.mjs: functions[0] was not made by defineFunction(...)',
    ],
    [
      'an aggregate that was not defined',
      () => load('n.mjs', 'export const aggregates = [{}];'),
      'n.mjs: aggregates[0] was not made by defineAggregate(...)',
    ],
    [
      'a pipeline without sinks',
      () => load('n.mjs', "import { pipeline } from 'millrace'; export const pipelines = [pipeline('x')];"),
      'n.mjs: pipelines[0] was not made by pipeline(...) and .to(...)',
    ],
    [
      'parts that only look right',
      () => load('n.mjs', "export const functions = [{ name: 'f', parameters: [], call: () => 1, result: 7 }];"),
      'n.mjs cannot be loaded: what it exports is not what millrace makes',
    ],
  ])('are refused as in the process: %s', async (_what, loading, message) => {
    await expect(loading()).rejects.toThrow(message);
  });
});
