// Puts what the page at `/` is made of beside the compiled code: its own files and the chart library's.
import { cpSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const from = join(root, 'src', 'dashboard', 'public');
const to = join(root, 'dist', 'dashboard', 'public');
const chartLibrary = dirname(createRequire(import.meta.url).resolve('uplot'));

cpSync(from, to, { recursive: true });
mkdirSync(join(to, 'vendor'), { recursive: true });
for (const name of ['uPlot.esm.js', 'uPlot.min.css']) cpSync(join(chartLibrary, name), join(to, 'vendor', name));
