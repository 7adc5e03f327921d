import type { JsonValue } from '../core/json';
import type { Job } from '../core/ports/work-queue.port';

/** A job as users see it. */
export interface JobView extends Omit<Job, 'createdMs' | 'updatedMs'> {
  readonly created: string;
  readonly updated: string;
}

export function jobView({ createdMs, updatedMs, ...job }: Job): JobView {
  return { ...job, created: new Date(createdMs).toISOString(), updated: new Date(updatedMs).toISOString() };
}

/** The file that an export has written; `undefined` for other jobs. */
export function fileOf({ result }: Job): string | undefined {
  if (typeof result !== 'object' || result === null || !('file' in result)) return undefined;
  const { file } = result as { readonly file: JsonValue };
  return typeof file === 'string' ? file : undefined;
}
