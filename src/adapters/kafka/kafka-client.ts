import type { KafkaConfig, LogEntry, SASLOptions } from 'kafkajs';
import type { Log } from '../../core/ports/log.port';
import { isLean, Kafka, logLevel } from './kafkajs';

export interface KafkaClientOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl?:
    | {
        readonly ca?: string | undefined;
        readonly cert?: string | undefined;
        readonly key?: string | undefined;
        readonly passphrase?: string | undefined;
        readonly servername?: string | undefined;
        readonly rejectUnauthorized: boolean;
      }
    | undefined;
  readonly sasl?:
    | {
        readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
        readonly username: string;
        readonly password: string;
      }
    | undefined;
}

const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Kafka's transaction coordinator answers "not yet" for about 10 ms after each transaction; a long first wait would cost more. */
const FIRST_RETRY_MS = 50;

/** Said at the start of each producer. True of others: ours takes a new producer id after its last retry. */
const BOUNDED_RETRIES = 'Limiting retries for the idempotent producer';

/** Where each instance was told to look, for messages. */
const places = new WeakMap<Kafka, string>();

/** `host:port` of each broker that was named. */
export function placeOf(kafka: Kafka): string {
  return places.get(kafka) ?? 'the brokers';
}

/** A kafkajs instance that logs to ours. It connects when its first producer, consumer or admin does. */
export function createKafka(options: KafkaClientOptions, log: Log): Kafka {
  log.debug({ event: 'kafka.functions', isLean }, `kafkajs works with ${isLean ? 'our' : 'its own'} inner functions`);
  const kafka = new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    ...(options.ssl && { ssl: definedOnly(options.ssl) }),
    ...(options.sasl && { sasl: { ...options.sasl } as SASLOptions }),
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry: { retries: 5, initialRetryTime: FIRST_RETRY_MS, maxRetryTime: 2_000 },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => forward(entry, log),
  });
  places.set(kafka, options.brokers.join(', '));
  return kafka;
}

/** kafkajs calls "error" what it is about to retry; whether it is one, the caller of the operation decides. */
function forward({ namespace, log: { message, ...fields } }: LogEntry, log: Log): void {
  if (message.startsWith(BOUNDED_RETRIES)) return;
  const { error, broker, clientId, groupId, retryCount } = fields as Record<string, unknown>;
  log.warn({ event: 'kafka.client', namespace, error, broker, clientId, groupId, retryCount }, message);
}

function definedOnly(ssl: NonNullable<KafkaClientOptions['ssl']>): NonNullable<KafkaConfig['ssl']> {
  return Object.fromEntries(Object.entries(ssl).filter(([, value]) => value !== undefined));
}
