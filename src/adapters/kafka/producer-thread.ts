import { parentPort, workerData } from 'node:worker_threads';

import { messageOf, RecordTooLargeError, TransientError } from '../../core/errors';
import type { Log } from '../../core/ports/log.port';
import type { OutgoingRecord } from '../../core/ports/record-producer.port';
import { createKafka } from './kafka-client';
import { KafkaRecordProducer } from './kafka-record-producer';
import type { SendFailure, SendMessage, ThreadOptions, ThreadReply, ThreadRequest } from './producer-thread.messages';

/** The thread behind `ThreadedRecordProducer`: kafkajs encodes and sends here, off the thread that processes. */
const port = parentPort!;
const { kafka } = workerData as ThreadOptions;
const producer = new KafkaRecordProducer(createKafka(kafka, forwardingLog()));

port.on('message', (request: ThreadRequest) => {
  if ('close' in request) void close();
  else void send(request);
});

async function send(message: SendMessage): Promise<void> {
  try {
    const positions = await producer.send(message.topic, recordsOf(message));
    const partitions = Int32Array.from(positions, ({ partition }) => partition);
    const offsets = BigInt64Array.from(positions, ({ offset }) => offset);
    reply({ id: message.id, partitions, offsets });
  } catch (error) {
    reply({ id: message.id, failure: failureOf(error) });
  }
}

function recordsOf({ keys, values, timestampsMs, headerNames, headers }: SendMessage): OutgoingRecord[] {
  return keys.map((key, i) => ({
    key,
    value: values[i] ?? null,
    ...(!Number.isNaN(timestampsMs[i]) && { timestampMs: timestampsMs[i]! }),
    ...(headerNames.length > 0 && {
      headers: Object.fromEntries(headerNames.map((name, column) => [name, headers[column]![i]!])),
    }),
  }));
}

function failureOf(error: unknown): SendFailure {
  if (error instanceof RecordTooLargeError) {
    return { kind: 'too-large', topic: error.topic, index: error.index, bytes: error.bytes };
  }
  return { kind: error instanceof TransientError ? 'transient' : 'other', message: messageOf(error) };
}

async function close(): Promise<void> {
  await producer.close();
  reply({ closed: true });
}

function forwardingLog(): Log {
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (fields: unknown, message: string): void =>
      reply({ log: { level, fields, message } });
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function reply(message: ThreadReply): void {
  port.postMessage(message);
}
