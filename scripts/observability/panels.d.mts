export function metricsIn(expr: string): string[];
