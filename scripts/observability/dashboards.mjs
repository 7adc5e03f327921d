import { feedsDashboard } from './dashboards/feeds.mjs';
import { pipelineDashboard } from './dashboards/pipeline.mjs';
import { serviceDashboard } from './dashboards/service.mjs';
import { systemDashboards } from './dashboards/systems.mjs';

/** Every dashboard as the text of its file, by the file's name. */
export function dashboardFiles() {
  const all = [serviceDashboard(), pipelineDashboard(), feedsDashboard(), ...systemDashboards()];
  return new Map(all.map((dashboard) => [`${dashboard.uid}.json`, `${JSON.stringify(dashboard, null, 2)}\n`]));
}
