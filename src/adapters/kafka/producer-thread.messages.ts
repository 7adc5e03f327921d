import type { KafkaClientOptions } from './kafka-client';

/** What the thread is started with. */
export interface ThreadOptions {
  readonly kafka: KafkaClientOptions;
}

/** Records of one `send`, column by column: arrays of texts cross to the thread several times faster than objects. */
export interface SendMessage {
  readonly id: number;
  readonly topic: string;
  readonly keys: readonly (string | null)[];
  readonly values: readonly (string | null)[];
  /** NaN where a record has none. */
  readonly timestampsMs: Float64Array;
  readonly headerNames: readonly string[];
  /** By name, then by record. */
  readonly headers: readonly (readonly string[])[];
}

export type ThreadRequest = SendMessage | { readonly close: true };

export type ThreadReply =
  | { readonly id: number; readonly partitions: Int32Array; readonly offsets: BigInt64Array }
  | { readonly id: number; readonly failure: SendFailure }
  | {
      readonly log: {
        readonly level: 'debug' | 'info' | 'warn' | 'error';
        readonly fields: unknown;
        readonly message: string;
      };
    }
  | { readonly closed: true };

/** Errors do not keep their class on the way: these are what `send` throws. */
export type SendFailure =
  | { readonly kind: 'transient' | 'other'; readonly message: string }
  | { readonly kind: 'too-large'; readonly topic: string; readonly index: number; readonly bytes: number };
