/** `250ms`, `10s`, `5m`, `1h`, `7d`, or an ISO 8601 duration without months and years. */
export type Duration = `${number}${'ms' | 's' | 'm' | 'h' | 'd'}` | `P${string}`;
