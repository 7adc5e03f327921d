import type { TaskCounts } from '../ports/state-store.port';

/** What the parts of a task count together. */
export type MutableCounts = { -readonly [name in keyof TaskCounts]: TaskCounts[name] };
