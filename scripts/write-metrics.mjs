// Puts what the code says of its metrics into docs/metrics.md.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { at } from './project.mjs';

const { metricsPage } = createRequire(import.meta.url)(at('dist', 'metrics', 'metrics-page.js'));
writeFileSync(at('docs', 'metrics.md'), metricsPage());
