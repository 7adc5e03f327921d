import type { Isolation } from '../config/extensions-isolation';

/** Loads an ES or CommonJS module by its `file:` URL, and resolves with what it exports. */
export type ImportModule = (url: string) => Promise<unknown>;

const IMPORTERS: Readonly<Record<Isolation, ImportModule>> = {
  process: (url) => import(url),
  // The engine is loaded where there are modules for it.
  sandbox: async (url) => (await import('../sandbox/sandboxed-module.js')).sandboxedModule(url),
};

export function importerOf(isolation: Isolation): ImportModule {
  return IMPORTERS[isolation];
}
