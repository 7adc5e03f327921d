import { Injectable } from '@nestjs/common';

/** What start-up waits for. */
export interface Waiting {
  /** A server (`kafka`), or `process` before it is known which. */
  readonly dependency: string;
  /** What was tried and what came back. */
  readonly reason: string;
}

/** How far start-up has come. The start-up code drives it, `/health/startup` shows it. */
@Injectable()
export class StartupState {
  private waiting: Waiting | undefined = { dependency: 'process', reason: 'Start-up has begun.' };

  /** `undefined` once start-up is done. */
  get waitsFor(): Waiting | undefined {
    return this.waiting;
  }

  waitingFor(dependency: string, reason: string): void {
    this.waiting = { dependency, reason };
  }

  done(): void {
    this.waiting = undefined;
  }
}
