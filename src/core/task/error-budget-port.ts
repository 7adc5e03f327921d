/** How many dead letters a pipeline may make before it is better that it stops. */
export interface ErrorBudgetPort {
  readonly isSpent: boolean;
  /** One record was processed; `problem` says why it became a dead letter, if it did. */
  add(problem: string | undefined): void;
}
