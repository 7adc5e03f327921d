import type { Extensions } from '../core/pipeline/language';
import type { RecordCheck } from './record-check';

/**
 * A pipeline that was written in TypeScript, as plain data and functions: whoever runs it compiles it with code of its
 * own, so that it does not matter which copy of this package the pipeline was written with.
 */
export interface PipelineModel {
  /** As YAML would give it. */
  readonly document: PipelineDocument;
  /** What its expressions call. */
  readonly extensions: Extensions;
  readonly check: RecordCheck | undefined;
  /** Names of fields in calls of aggregates, by the aggregate's name: CEL has to be able to name them. */
  readonly argumentFields: Readonly<Record<string, readonly string[]>>;
}

export interface PipelineDocument {
  readonly apiVersion: 'millrace/v1';
  readonly kind: 'Pipeline';
  readonly metadata: { readonly name: string; readonly description?: string };
  readonly spec: Readonly<Record<string, unknown>>;
}
