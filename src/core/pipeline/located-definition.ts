import type { PipelineDefinition } from './definition';
import type { Finding } from './finding';
import type { Problem } from './problem';

/** A pipeline that has no problem of its own, and where it stands. */
export interface LocatedDefinition {
  readonly definition: PipelineDefinition;
  readonly file: string;
  /** The place of a finding in the file. */
  locate(finding: Finding): Problem;
}
