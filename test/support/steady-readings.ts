import { setTimeout as delay } from 'node:timers/promises';

import { Kafka, logLevel, type Message, type Producer } from 'kafkajs';

import { messageOf } from '../../src/core/errors';
import type { DailyRow } from './readings';
import type { Seeded } from './seeded';
import { waitUntil } from './wait-until';

const POSTS = ['Beijing US Post', 'Chengdu US Post', 'Guangzhou US Post', 'Shanghai US Post', 'Shenyang US Post'];
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const DAY_MS = 86_400_000;
/** Midnight of the first day in China. */
const FIRST_MS = Date.UTC(2012, 11, 31, 16);
const RETRY_MS = 200;

export interface SteadyReadingsOptions {
  readonly brokers: string[];
  readonly topic: string;
  readonly seeded: Seeded;
  /** Between two days. */
  readonly paceMs?: number;
}

/**
 * Day after day of hourly readings of five posts, sent while a fault happens, and the table that they must make:
 * computed here, from the values alone.
 */
export class SteadyReadings {
  private readonly producer: Producer;
  private readonly stopping = new AbortController();
  /** The table, by `location|date`. */
  readonly expected = new Map<string, DailyRow>();
  private sending: Promise<void> | undefined;
  private trouble: unknown;
  /** Days that the broker has acknowledged. */
  days = 0;

  constructor(private readonly options: SteadyReadingsOptions) {
    const kafka = new Kafka({ brokers: options.brokers, logLevel: logLevel.NOTHING });
    // Idempotent: a record that this sent twice would look like a fault of the service.
    this.producer = kafka.producer({
      ...{ idempotent: true, maxInFlightRequests: 1 },
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 500 },
    });
  }

  /** Begins to send, and goes on until {@link stop}. */
  start(): void {
    this.sending = this.send();
    this.sending.catch(() => undefined);
  }

  get records(): number {
    return this.days * HOURS.length * POSTS.length;
  }

  /** Resolves once `count` more days are in the topic. */
  async more(count: number): Promise<void> {
    const goal = this.days + count;
    await waitUntil(`${goal} days of readings are in the topic`, () => this.days >= goal).catch((error: unknown) => {
      throw new Error(messageOf(error), { cause: this.trouble });
    });
  }

  /** Ends after the day that is being sent, or at once when it cannot be. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.sending;
    await this.producer.disconnect();
  }

  private async send(): Promise<void> {
    const { paceMs = 50 } = this.options;
    await this.producer.connect();
    while (!this.stopping.signal.aborted) {
      const day = this.nextDay(FIRST_MS + this.days * DAY_MS);
      for (const messages of day.messages) if (!(await this.isSent(messages))) return;
      for (const [key, row] of day.rows) this.expected.set(key, row);
      this.days++;
      await delay(paceMs);
    }
  }

  /**
   * Of one key, so of one partition: where a partition of several gets another leader, kafkajs may leave it out and call
   * the rest done. It gives up when the broker refuses connections; the same records sent again bear the same sequence
   * numbers, so that a broker that has them already keeps them once. False when told to stop while it fails.
   */
  private async isSent(messages: Message[]): Promise<boolean> {
    for (;;) {
      try {
        await this.producer.send({ topic: this.options.topic, messages });
        return true;
      } catch (error) {
        if (this.stopping.signal.aborted) return false;
        this.trouble = error;
        await delay(RETRY_MS);
      }
    }
  }

  /** The messages of each post, in order of time. */
  private nextDay(beginMs: number): { messages: Message[][]; rows: Map<string, DailyRow> } {
    const date = new Date(beginMs + 8 * 3_600_000).toISOString().slice(0, 10);
    const values = new Map(POSTS.map((post) => [post, HOURS.map(() => this.options.seeded.between(0, 500))]));
    const messages = POSTS.map((location) =>
      HOURS.map((hour) => {
        const observed_at = new Date(beginMs + hour * 3_600_000).toISOString();
        return { key: location, value: JSON.stringify({ observed_at, location, pm25: values.get(location)![hour] }) };
      }),
    );
    return { messages, rows: new Map([...values].map(([post, hourly]) => [`${post}|${date}`, summary(hourly)])) };
  }
}

function summary(values: readonly number[]): DailyRow {
  const sum = values.reduce((total, value) => total + value, 0);
  return {
    avg_pm25: sum / values.length,
    max_pm25: Math.max(...values),
    min_pm25: Math.min(...values),
    readings: values.length,
  };
}
