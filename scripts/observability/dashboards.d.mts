export function dashboardFiles(): ReadonlyMap<string, string>;
