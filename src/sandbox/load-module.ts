import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';
import { ConfigError, messageOf } from '../core/errors';
import type { Engine } from './engine';
import { BUILT_IN, type ModuleFiles, type ModuleText } from './module-files';

/** Under this name, while modules are loaded, ES modules find what is no ES module. */
const REQUIRE = '__millrace_require__';
const NAME = /^[A-Za-z_$][\w$]*$/;
const WRONG = 'cannot be imported: ';
const CLOSED = 'modules are imported when the service starts, at the top of a file, not by a function that is called';

/** Runs a module and all that it imports, and gives what it exports. Throws what keeps it from being loaded. */
export function loadModule(engine: Engine, files: ModuleFiles, guest: QuickJSHandle): QuickJSHandle {
  return engine.load((context) => new Loading(engine, context, files).run(guest));
}

class Loading {
  private isOpen = true;
  private require: QuickJSHandle;

  constructor(
    private readonly engine: Engine,
    private readonly context: QuickJSContext,
    private readonly files: ModuleFiles,
  ) {
    this.require = context.undefined;
  }

  run(guest: QuickJSHandle): QuickJSHandle {
    const { context, engine, files } = this;
    const requireBy = context.getProp(guest, 'requireBy');
    this.require = this.engine.valueOf(context.callFunction(requireBy, context.undefined, this.host()));
    context.setProp(context.global, REQUIRE, this.require);
    engine.runtime.setModuleLoader(
      (path) => this.attempt(() => this.moduleText(path)),
      (from, specifier) => this.nameOf(specifier, from),
    );
    const { kind, text } = this.read(files.entry);
    const exported = kind === 'module' ? this.importText(text) : this.required(files.entry);
    this.isOpen = false;
    this.engine.valueOf(context.evalCode(`delete globalThis.${REQUIRE}`)).dispose();
    return exported;
  }

  /** The name that an import is loaded by: of a wrong one a name that says so, for only loading can fail with a reason. */
  private nameOf(specifier: string, from: string): string {
    if (specifier === this.files.entry) return specifier;
    try {
      return this.resolve(specifier, from);
    } catch (thrown) {
      return WRONG + messageOf(thrown);
    }
  }

  /** What `require` in the sandbox asks for. */
  private host(): QuickJSHandle {
    const { context } = this;
    const host = context.newObject();
    const resolve = context.newFunction('resolve', (specifier, from) =>
      context.newString(this.resolve(context.getString(specifier), context.getString(from))),
    );
    const compile = context.newFunction('compile', (path) => this.compile(context.getString(path)));
    context.setProp(host, 'resolve', resolve);
    context.setProp(host, 'compile', compile);
    return host;
  }

  private resolve(specifier: string, from: string): string {
    if (!this.isOpen) throw new ConfigError(`${from} imports "${specifier}" too late: ${CLOSED}`);
    return this.files.resolve(specifier, from);
  }

  /** A CommonJS module as the function that it is, or the text of JSON. */
  private compile(path: string): QuickJSHandle {
    if (!this.isOpen) throw new ConfigError(`"${path}" is required too late: ${CLOSED}`);
    const { kind, text } = this.read(path);
    if (kind === 'json') return this.context.newString(text);
    if (kind === 'commonjs') return this.engine.valueOf(this.wrapped(text, path));
    throw new ConfigError(`${path} is an ES module: import it, or compile all files of the module to CommonJS`);
  }

  /** The file with its kind made out: what does not parse as CommonJS is an ES module, as in Node. */
  private read(path: string): ModuleText {
    const file = this.files.read(path);
    if (file.kind !== 'unknown') return file;
    const compiled = this.wrapped(file.text, path);
    const isModule = compiled.error !== undefined;
    compiled.dispose();
    return { kind: isModule ? 'module' : 'commonjs', text: file.text };
  }

  private wrapped(text: string, path: string): ReturnType<QuickJSContext['evalCode']> {
    const script = text.replace(/^#!.*/, '');
    return this.context.evalCode(`(function (exports, require, module, __filename, __dirname) {${script}\n})`, path, {
      type: 'global',
    });
  }

  /** The text of an ES module; for what is none, one that exports what `require` gives. */
  private moduleText(path: string): string {
    if (path.startsWith(WRONG)) throw new ConfigError(path.slice(WRONG.length));
    if (BUILT_IN.includes(path)) return this.bridge(path);
    if (!this.isOpen) throw new ConfigError(`"${path}" is imported too late: ${CLOSED}`);
    const { kind, text } = this.read(path);
    return kind === 'module' ? text : this.bridge(path);
  }

  private bridge(path: string): string {
    const exported = this.required(path);
    const names = this.engine
      .valueOf(
        this.context.callFunction(
          this.engine.valueOf(this.context.evalCode(NAMES_OF)),
          this.context.undefined,
          exported,
        ),
      )
      .consume((handle) => this.context.getString(handle));
    const exports = names
      .split(',')
      .filter((name) => NAME.test(name) && name !== 'default')
      .map((name, i) => `const _${i} = all[${JSON.stringify(name)}]; export { _${i} as ${name} };`);
    return [`const all = globalThis.${REQUIRE}(${JSON.stringify(path)}); export default all;`, ...exports].join('\n');
  }

  private required(path: string): QuickJSHandle {
    const given = this.context.newString(path);
    return this.engine.valueOf(this.context.callFunction(this.require, this.context.undefined, given));
  }

  private importText(text: string): QuickJSHandle {
    const { context, engine, files } = this;
    const evaluated = this.engine.valueOf(context.evalCode(text, files.entry, { type: 'module' }));
    const { error } = engine.runtime.executePendingJobs();
    if (error) throw engine.stopped(error);
    const state = context.getPromiseState(evaluated);
    if (state.type === 'fulfilled') return state.value;
    if (state.type === 'rejected') throw engine.stopped(state.error);
    throw new ConfigError('it waits for something at its top level, and nothing ever comes in the sandbox');
  }

  /** Errors go into the sandbox as what the import failed by. */
  private attempt(work: () => string): string | { error: Error } {
    try {
      return work();
    } catch (thrown) {
      return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
    }
  }
}

const NAMES_OF = '(all) => Object.keys(Object(all)).join()';
