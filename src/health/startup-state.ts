import { Injectable } from '@nestjs/common';

/** What start-up waits for. */
export interface Waiting {
  /** A server (`kafka`), a topic (`topic sensors`), or `process` before it is known which. */
  readonly dependency: string;
  /** What was tried and what came back. */
  readonly reason: string;
}

/** How far start-up has come. The start-up code drives it, `/health/startup` shows it. */
@Injectable()
export class StartupState {
  private readonly others: (() => Waiting | undefined)[] = [];
  private waiting: Waiting | undefined = { dependency: 'process', reason: 'Start-up has begun.' };

  /** `undefined` once start-up is done. */
  get waitsFor(): Waiting | undefined {
    if (this.waiting) return this.waiting;
    for (const ask of this.others) {
      const waiting = ask();
      if (waiting) return waiting;
    }
    return undefined;
  }

  waitingFor(dependency: string, reason: string): void {
    this.waiting = { dependency, reason };
  }

  /** `ask` is asked each time, once the servers have answered: its answer is waited for too. */
  alsoWaitFor(ask: () => Waiting | undefined): void {
    this.others.push(ask);
  }

  done(): void {
    this.waiting = undefined;
  }
}
