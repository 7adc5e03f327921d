import { messageOf } from '../core/errors';
import { ErrorBudget } from './error-budget';
import type { PipelineContext } from './task-context';

export type ErrorPauseOptions = Pick<PipelineContext, 'pipeline' | 'ledger' | 'observer' | 'log'>;

/** Pauses a pipeline in this process when its error budget is spent, until an operator asks for it to go on. */
export class ErrorPause {
  readonly budget: ErrorBudget;
  /** Requests that had been made when the pause was first seen; `undefined` before. */
  private requestsBefore: number | undefined;

  constructor(private readonly options: ErrorPauseOptions) {
    const { pipeline, observer, log } = options;
    this.budget = new ErrorBudget({
      ...pipeline.definition.spec.errorBudget,
      onSpent: (reason) => {
        observer.budgetSpent(pipeline.name);
        log('error', 'pipeline.paused', `Pipeline ${pipeline.name} is paused: ${reason}`, { pipeline: pipeline.name });
        void this.check();
      },
    });
  }

  /** Goes on if that was asked for since the pause began. Called by the pipeline's timer; never rejects. */
  async check(): Promise<void> {
    if (!this.budget.isSpent) return;
    const { pipeline, ledger, log } = this.options;
    try {
      const requests = await ledger.resumeRequests(pipeline.definition.metadata.name);
      this.requestsBefore ??= requests;
      if (requests <= this.requestsBefore) return;
    } catch (error) {
      return log('warn', 'pipeline.paused', `Whether to resume ${pipeline.name} is not known: ${messageOf(error)}`);
    }
    this.requestsBefore = undefined;
    log('info', 'pipeline.resumed', `Pipeline ${pipeline.name} goes on`, { pipeline: pipeline.name });
    this.budget.resume();
  }
}
