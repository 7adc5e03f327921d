// Writes observability/dashboards from scripts/observability/dashboards.
import { writeFileSync } from 'node:fs';
import { dashboardFiles } from './observability/dashboards.mjs';
import { at } from './project.mjs';

for (const [file, text] of dashboardFiles()) writeFileSync(at('observability', 'dashboards', file), text);
