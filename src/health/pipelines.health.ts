import { Inject, Injectable } from '@nestjs/common';
import { type HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import type { PipelineStatus } from '../runtime/pipeline-status';
import { type Pipelines, PIPELINES } from '../runtime/pipelines';

@Injectable()
export class PipelinesHealth {
  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(PIPELINES) private readonly pipelines: Pipelines,
  ) {}

  /**
   * One result for each pipeline: down while it starts, is paused or has failed, or while one of its tasks is. A refused
   * definition only degrades: the other pipelines serve, and no restart would mend it.
   */
  check(): HealthIndicatorResult {
    const results = this.pipelines.all().map(({ name }) => this.ofPipeline(name, this.pipelines.status(name)));
    const refused = this.pipelines
      .refused()
      .map(({ name, problems }) =>
        this.indicators
          .check(nameOf(name))
          .degraded({ reason: `Refused: ${problems[0]?.message ?? 'see its problems'}` }),
      );
    return Object.assign({}, ...results, ...refused) as HealthIndicatorResult;
  }

  private ofPipeline(name: string, status: PipelineStatus | undefined): HealthIndicatorResult {
    const session = this.indicators.check(nameOf(name));
    const reason = reasonOf(status);
    return reason === undefined ? session.up({ tasks: status?.tasks.length ?? 0 }) : session.down({ reason });
  }
}

function nameOf(pipeline: string): string {
  return `pipeline:${pipeline}`;
}

/** Why the pipeline is not fully at work; `undefined` when it is. */
function reasonOf(status: PipelineStatus | undefined): string | undefined {
  if (!status) return 'It has no status yet.';
  if (status.state !== 'running') return `It is ${status.state}${status.reason ? `: ${status.reason}` : '.'}`;
  const ill = status.tasks.find(({ state }) => state === 'failed' || state === 'paused');
  return ill && `The task of partition ${ill.partition} is ${ill.state}${ill.reason ? `: ${ill.reason}` : '.'}`;
}
