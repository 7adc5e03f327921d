/** What CommonJS modules are loaded by, and the built-in modules of both kinds. */
export interface ModuleHost {
  /** The name of a built-in module or the path of a file. Throws ConfigError for anything else. */
  resolve(specifier: string, from: string): string;
  /** The module as a function, or the text of JSON. Throws for one that is an ES module. */
  compile(path: string): ModuleFunction | string;
}

type ModuleFunction = (
  exports: object,
  require: (specifier: string) => unknown,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void;

/** Gives the exports of a built-in module, or of a CommonJS module, which runs once. */
export function requirer(builtIn: Readonly<Record<string, unknown>>, host: ModuleHost): (path: string) => unknown {
  const loaded = new Map<string, { exports: unknown }>();
  const load = (path: string): unknown => {
    if (Object.hasOwn(builtIn, path)) return builtIn[path];
    const before = loaded.get(path);
    if (before) return before.exports;
    const module: { exports: unknown } = { exports: {} };
    loaded.set(path, module);
    const compiled = host.compile(path);
    if (typeof compiled === 'string') module.exports = JSON.parse(compiled);
    else run(compiled, path, module);
    return module.exports;
  };
  const run = (compiled: ModuleFunction, path: string, module: { exports: unknown }): void => {
    const folder = path.replace(/\/?[^/]*$/, '');
    const require = (specifier: string): unknown => load(host.resolve(specifier, path));
    compiled.call(module.exports, module.exports as object, require, module, path, folder);
  };
  return load;
}
