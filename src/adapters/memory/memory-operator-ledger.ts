import type { OperatorLedger, ReplayState } from '../../core/ports/operator-ledger.port';

/** Twin of the ledger in Redis, for one process. */
export class MemoryOperatorLedger implements OperatorLedger {
  private readonly resumes = new Map<string, number>();
  private readonly letters = new Map<string, ReplayState>();

  requestResume(pipeline: string): Promise<void> {
    this.resumes.set(pipeline, (this.resumes.get(pipeline) ?? 0) + 1);
    return Promise.resolve();
  }

  resumeRequests(pipeline: string): Promise<number> {
    return Promise.resolve(this.resumes.get(pipeline) ?? 0);
  }

  beginReplay(pipeline: string, letters: readonly string[]): Promise<readonly ReplayState[]> {
    return Promise.resolve(
      letters.map((letter) => {
        const name = nameOf(pipeline, letter);
        const known = this.letters.get(name);
        if (known === undefined) this.letters.set(name, 'begun');
        return known ?? 'new';
      }),
    );
  }

  finishReplay(pipeline: string, letters: readonly string[]): Promise<void> {
    for (const letter of letters) this.letters.set(nameOf(pipeline, letter), 'done');
    return Promise.resolve();
  }
}

function nameOf(pipeline: string, letter: string): string {
  return JSON.stringify([pipeline, letter]);
}
