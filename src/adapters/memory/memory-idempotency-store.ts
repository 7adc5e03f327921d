import type { Clock } from '../../core/ports/clock.port';
import {
  ANSWER_KEPT_MS,
  RESERVED_MS,
  type IdempotencyState,
  type IdempotencyStore,
} from '../../core/ports/idempotency-store.port';

/** Beyond this many the oldest are forgotten: a bound on memory, not on time. */
const MAX_KEYS = 100_000;

interface Entry {
  readonly known: IdempotencyState;
  readonly untilMs: number;
}

/** Answers to requests in the process's memory. */
export class MemoryIdempotencyStore implements IdempotencyStore {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly clock: Clock) {}

  begin(key: string, fingerprint: string): Promise<IdempotencyState> {
    const entry = this.entries.get(key);
    if (entry && entry.untilMs > this.clock.now()) return Promise.resolve(entry.known);
    this.put(key, { state: 'running', fingerprint }, RESERVED_MS);
    return Promise.resolve({ state: 'new' });
  }

  complete(key: string, fingerprint: string, answer: string): Promise<void> {
    this.put(key, { state: 'done', fingerprint, answer }, ANSWER_KEPT_MS);
    return Promise.resolve();
  }

  release(key: string): Promise<void> {
    this.entries.delete(key);
    return Promise.resolve();
  }

  /** When the key will be forgotten, epoch ms. */
  keptUntilMs(key: string): number | undefined {
    return this.entries.get(key)?.untilMs;
  }

  private put(key: string, known: IdempotencyState, keptMs: number): void {
    this.entries.delete(key);
    this.entries.set(key, { known, untilMs: this.clock.now() + keptMs });
    for (const oldest of this.entries.keys()) {
      if (this.entries.size <= MAX_KEYS) return;
      this.entries.delete(oldest);
    }
  }
}
