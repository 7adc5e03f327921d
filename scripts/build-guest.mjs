// Bundles what runs in the sandbox of extensions to one file, dist/guest.js: the builder of pipelines and Zod, without what
// compiles and runs pipelines.
import { build } from 'esbuild';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const guest = join(root, 'src', 'sandbox', 'guest');
const target = join(root, 'dist', 'guest.js');

/** Modules of this package do nothing but export: what nothing uses of them is left out. */
const lean = {
  name: 'lean',
  setup(bundler) {
    bundler.onResolve({ filter: /\/compile-model$/ }, () => ({ path: join(guest, 'compile-model.ts') }));
    // Zod's messages in forty languages are half of it.
    bundler.onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, () => ({ path: join(guest, 'locales.ts') }));
    bundler.onResolve({ filter: /^\.\.?\// }, async ({ path, pluginData, ...options }) => {
      if (pluginData === 'resolved' || options.importer.includes('node_modules')) return undefined;
      const found = await bundler.resolve(path, { ...options, pluginData: 'resolved' });
      return { ...found, sideEffects: /(base64|engine-faults|text-coding|stillness|url)\.ts$/.test(found.path) };
    });
  },
};

/** Builds the bundle; several processes may do so at once. */
export default async function buildGuest() {
  const { outputFiles } = await build({
    entryPoints: [join(guest, 'main.ts')],
    ...{ bundle: true, write: false, format: 'iife', globalName: 'guest', target: 'es2023', platform: 'neutral' },
    ...{ minifySyntax: true, minifyWhitespace: true, legalComments: 'none', mainFields: ['module', 'main'] },
    plugins: [lean],
  });
  mkdirSync(dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}`;
  writeFileSync(partial, outputFiles[0].contents);
  renameSync(partial, target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildGuest();
