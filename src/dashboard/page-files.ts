import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';

/** One file of the page, held in memory. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  /** A strong ETag. */
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Files of the chart library that the page loads; `scripts/copy-assets.mjs` puts them into `vendor`. */
const VENDOR_FILES = ['uPlot.esm.js', 'uPlot.min.css'];

/**
 * All files of the page by name, relative to `folder`. Outside a build `vendor` is filled from node_modules.
 * Throws when one is missing: a page that loads in part is worse than a start that says so.
 */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => extname(name) in TYPES);
  const files = new Map(names.map((name) => [name, pageFile(join(folder, name))]));
  for (const name of VENDOR_FILES) {
    const copied = join(folder, 'vendor', name);
    const path = existsSync(copied) ? copied : join(dirname(require.resolve('uplot')), name);
    files.set(`vendor/${name}`, pageFile(path));
  }
  return files;
}

function pageFile(path: string): PageFile {
  const body = readFileSync(path);
  return {
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    body,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
  };
}
