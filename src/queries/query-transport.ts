import { type KafkaOptions, type MessageHandler, ServerKafka } from '@nestjs/microservices';
import { messageOf } from '../core/errors';
import type { Log } from '../core/ports/log.port';
import { backOffMs, pause } from '../runtime/back-off';

/** What controllers bind with `@MessagePattern`; the topic is configuration. */
export const QUERY = 'millrace.query';

export interface QueryTransportOptions {
  readonly topic: string;
  /** Topics that answers may go to begin with it. */
  readonly replyTopic: string;
  readonly kafka: NonNullable<KafkaOptions['options']>;
  readonly log: Log;
  /** Resolves when the servers answer and the topics are there. */
  readonly prepare: () => Promise<void>;
}

/**
 * Nest's Kafka transport, for questions and their answers: the headers are Nest's (`kafka_correlationId`,
 * `kafka_replyTopic`), so that its `ClientKafka` asks without more. It begins when Kafka is there, holds nothing up until then,
 * and answers to no topic but those for answers: who may ask must not be able to write anywhere else.
 */
export class QueryTransport extends ServerKafka {
  private readonly ended = new AbortController();

  constructor(private readonly query: QueryTransportOptions) {
    super({ postfixId: '', ...query.kafka });
  }

  /** Handlers of other transports are not for this one. */
  override addHandler(pattern: unknown, callback: MessageHandler): void {
    if (pattern === QUERY) super.addHandler(this.query.topic, callback);
  }

  override listen(callback: () => void): Promise<void> {
    callback();
    void this.begin();
    return Promise.resolve();
  }

  override async close(): Promise<void> {
    this.ended.abort();
    await super.close();
  }

  override getPublisher(
    ...[replyTopic, ...rest]: Parameters<ServerKafka['getPublisher']>
  ): ReturnType<ServerKafka['getPublisher']> {
    const { replyTopic: allowed, log } = this.query;
    if (replyTopic.startsWith(allowed)) return super.getPublisher(replyTopic, ...rest);
    const message = `A query asks for its answer in ${replyTopic}; only topics that begin with ${allowed} get answers`;
    log.warn({ event: 'query.refused', topic: replyTopic }, message);
    return () => Promise.resolve([]);
  }

  private async begin(): Promise<void> {
    const { log, prepare, topic } = this.query;
    for (let failures = 0; !this.ended.signal.aborted; failures++) {
      try {
        await prepare();
        await this.connect();
        return log.info({ event: 'query.listening', topic }, `Questions in topic ${topic} are answered`);
      } catch (error) {
        const reason = messageOf(error);
        log.warn({ event: 'query.waits', reason }, `Queries over Kafka wait: ${reason}`);
        await super.close().catch(() => undefined);
        await pause(backOffMs(failures, Math.random()), this.ended.signal);
      }
    }
  }

  /** Nest gives the error to the callback. */
  private async connect(): Promise<void> {
    let failure: unknown;
    await super.listen((error) => (failure = error));
    if (failure !== undefined) throw failure instanceof Error ? failure : new Error(messageOf(failure));
  }
}
