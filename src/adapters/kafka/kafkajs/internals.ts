import type { ICustomPartitioner } from 'kafkajs';

/** The shapes, inside of kafkajs 2.2.4, of what our functions are given there. */

export type Content = Buffer | string | null | undefined;

export interface ProducedMessage {
  readonly key?: Content;
  readonly value: Content;
  /** Epoch ms; the time of encoding when absent. */
  readonly timestamp?: string | number | null;
  readonly headers?: Readonly<Record<string, Content | readonly Content[]>>;
}

export interface ProducedPartition {
  readonly partition: number;
  readonly firstSequence?: number;
  readonly messages: readonly ProducedMessage[];
}

/** What a produce request is made of. Ids are text from the broker, or numbers. */
export interface ProduceOptions {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly producerId?: string | number;
  readonly producerEpoch?: number;
  readonly compression?: number;
  readonly topicData: readonly { readonly topic: string; readonly partitions: readonly ProducedPartition[] }[];
}

/** What kafkajs needs of an encoder that it writes into another: `buf` is checked to be a Buffer, `buffer` is copied. */
export interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
  size(): number;
}

export interface ProduceRequest {
  readonly encode: () => Promise<Encoded>;
}

/** kafkajs's reader of a response. */
export interface ResponseDecoder {
  readonly buffer: Buffer;
  readonly offset: number;
  readInt32(): number;
  readBytes(length: number): Buffer;
}

export type DecodeMessages = (decoder: ResponseDecoder) => Promise<unknown>;

export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

/** One partition of a fetch response; `messages` is what `DecodeMessages` gave. */
export interface FetchedPartition {
  readonly partition: number;
  readonly highWatermark: string;
  readonly abortedTransactions?: readonly AbortedTransaction[] | null;
  readonly messages: unknown;
}

export type BatchConstructor = new (topic: string, fetchedOffset: string, data: FetchedPartition) => object;

export interface GroupOptions<M> {
  readonly topic: string;
  readonly partitionMetadata: Parameters<ReturnType<ICustomPartitioner>>[0]['partitionMetadata'];
  readonly messages: readonly M[];
  readonly partitioner: (place: {
    readonly topic: string;
    readonly partitionMetadata: GroupOptions<M>['partitionMetadata'];
    readonly message: M;
  }) => number;
}
