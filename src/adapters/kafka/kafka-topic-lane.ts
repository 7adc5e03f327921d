import type { CompressionTypes, Kafka, Producer, RecordMetadata } from 'kafkajs';
import { RecordTooLargeError, TransientError } from '../../core/errors';
import type { OutgoingRecord, RecordPosition } from '../../core/ports/record-producer.port';
import { asKafkaError, kafkaErrorType } from './kafka-errors';
import { rememberingPartitioner, toMessage, type OutgoingMessage } from './outgoing-message';

/** Below the broker's default of 1 MiB for one batch, so that a full request is never refused for its size alone. */
const MAX_REQUEST_BYTES = 900_000;
/** Rows fill a request by bytes long before this; it bounds how many small records are held up by one request. */
const MAX_REQUEST_RECORDS = 10_000;
/** Kafka closes the connection on a request beyond `socket.request.max.bytes` (100 MB) instead of refusing the record. */
const MAX_RECORD_BYTES = 64 * 2 ** 20;

type Placed = RecordPosition | 'too-large';

interface Chunk {
  readonly messages: readonly OutgoingMessage[];
  readonly bytes: number;
  resolve(placed: readonly Placed[]): void;
  reject(error: Error): void;
}

/**
 * Sends to one topic, one request at a time; callers that wait meanwhile share the next request.
 *
 * One at a time, because kafkajs gives a failed request's sequence numbers to whichever request comes next: with two
 * in flight, a request that the broker had stored but not answered would make it drop the other one as a duplicate.
 * For the same reason a request that failed for good costs the producer its id: `retire`.
 */
export class KafkaTopicLane {
  private readonly waiting: Chunk[] = [];
  private producer: Promise<Producer> | undefined;
  private draining: Promise<void> | undefined;
  private closed = false;

  constructor(
    private readonly topic: string,
    private readonly kafka: Kafka,
    private readonly compression: CompressionTypes,
  ) {}

  async send(records: readonly OutgoingRecord[]): Promise<readonly RecordPosition[]> {
    const placed: Placed[] = [];
    const messages = records.map(toMessage);
    while (placed.length < messages.length) {
      const chunk = nextChunk(messages, placed.length);
      for (const place of await this.enqueue(chunk)) placed.push(place);
      if (placed.includes('too-large')) throw this.tooLarge(placed, messages);
    }
    return placed as RecordPosition[];
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.draining;
    await this.retire();
  }

  private enqueue(messages: readonly OutgoingMessage[]): Promise<readonly Placed[]> {
    if (this.closed) return Promise.reject(new TransientError(`send to ${this.topic}: the producer is closed`));
    return new Promise((resolve, reject) => {
      this.waiting.push({ messages, bytes: bytesOf(messages), resolve, reject });
      this.draining ??= this.drain();
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const chunks = this.takeRequest();
      try {
        const placed = await this.transmit(chunks.flatMap((chunk) => chunk.messages));
        let from = 0;
        for (const chunk of chunks) chunk.resolve(placed.slice(from, (from += chunk.messages.length)));
      } catch (thrown) {
        await this.retire();
        const error = asKafkaError(thrown, `send to ${this.topic}`);
        for (const chunk of chunks) chunk.reject(error);
      }
    }
    // In the same turn as the last look at `waiting`: a sender that comes next must find that nobody drains.
    this.draining = undefined;
  }

  private takeRequest(): Chunk[] {
    const taken = [this.waiting.shift()!];
    let records = taken[0]!.messages.length;
    let bytes = taken[0]!.bytes;
    for (let next = this.waiting[0]; next; next = this.waiting[0]) {
      records += next.messages.length;
      bytes += next.bytes;
      if (records > MAX_REQUEST_RECORDS || bytes > MAX_REQUEST_BYTES) break;
      taken.push(this.waiting.shift()!);
    }
    return taken;
  }

  /**
   * When the broker refuses a request for its size it may have stored some partitions of it. kafkajs takes back the
   * sequence numbers of all: sending each partition's batch again as it was makes the broker answer with the first
   * offset where it had it, and refuse again where it had not; that one is halved until the record is found.
   */
  private async transmit(messages: readonly OutgoingMessage[]): Promise<readonly Placed[]> {
    if (messages.length === 1 && messages[0]!.bytes > MAX_RECORD_BYTES) return ['too-large'];
    try {
      return await this.produce(messages);
    } catch (thrown) {
      if (!isTooLarge(thrown)) throw thrown;
      if (messages.length === 1) return ['too-large'];
      return this.transmitParts(messages);
    }
  }

  private async transmitParts(messages: readonly OutgoingMessage[]): Promise<readonly Placed[]> {
    const placed = new Map<OutgoingMessage, Placed>();
    for (const part of partsOf(messages)) {
      const places = await this.transmit(part);
      part.forEach((message, i) => placed.set(message, places[i]!));
    }
    return messages.map((message) => placed.get(message)!);
  }

  private async produce(messages: readonly OutgoingMessage[]): Promise<readonly RecordPosition[]> {
    const producer = await (this.producer ??= this.connect());
    const results = await producer.send({
      topic: this.topic,
      messages: [...messages],
      acks: -1,
      compression: this.compression,
    });
    return positionsOf(this.topic, messages, results);
  }

  private async connect(): Promise<Producer> {
    const producer = this.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: rememberingPartitioner(),
      retry: { retries: 5, initialRetryTime: 100, maxRetryTime: 2_000 },
    });
    await producer.connect();
    return producer;
  }

  private async retire(): Promise<void> {
    const producer = this.producer;
    this.producer = undefined;
    // A producer that never connected, or whose connection is gone, has nothing to close.
    await producer?.then((connected) => connected.disconnect()).catch(() => undefined);
  }

  private tooLarge(placed: readonly Placed[], messages: readonly OutgoingMessage[]): RecordTooLargeError {
    const index = placed.indexOf('too-large');
    const positions = messages.map((_, i) => (placed[i] === 'too-large' ? undefined : placed[i]));
    return new RecordTooLargeError(this.topic, index, messages[index]!.bytes, positions);
  }
}

/** As many of the messages, from one on, as one request may carry: at least one. */
export function nextChunk(messages: readonly OutgoingMessage[], from: number): readonly OutgoingMessage[] {
  let bytes = messages[from]!.bytes;
  let to = from + 1;
  while (to < messages.length && to - from < MAX_REQUEST_RECORDS) {
    bytes += messages[to]!.bytes;
    if (bytes > MAX_REQUEST_BYTES) break;
    to += 1;
  }
  return messages.slice(from, to);
}

/** Where the messages of one request were put. Throws TransientError when the answer leaves a partition out. */
export function positionsOf(
  topic: string,
  messages: readonly OutgoingMessage[],
  results: readonly RecordMetadata[],
): readonly RecordPosition[] {
  const next = new Map(results.map((result) => [result.partition, BigInt(result.baseOffset!)]));
  return messages.map((message) => {
    const partition = message.assigned!;
    const offset = next.get(partition);
    if (offset === undefined) throw new TransientError(`no answer for partition ${partition} of ${topic}`);
    next.set(partition, offset + 1n);
    return { partition, offset };
  });
}

/** By partition while there are several, else in halves. */
function partsOf(messages: readonly OutgoingMessage[]): readonly (readonly OutgoingMessage[])[] {
  const byPartition = Map.groupBy(messages, (message) => message.assigned);
  if (byPartition.size > 1) return [...byPartition.values()];
  const half = Math.ceil(messages.length / 2);
  return [messages.slice(0, half), messages.slice(half)];
}

function bytesOf(messages: readonly OutgoingMessage[]): number {
  return messages.reduce((sum, message) => sum + message.bytes, 0);
}

export function isTooLarge(thrown: unknown): boolean {
  const type = kafkaErrorType(thrown);
  return type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE';
}
