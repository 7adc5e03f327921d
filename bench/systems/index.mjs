import { flink } from './flink.mjs';
import { kafkajs } from './kafkajs.mjs';
import { kstreams } from './kstreams.mjs';
import { millrace } from './millrace.mjs';

/** In the order in which they run. */
export const systems = [
  kafkajs('a', 'kafkajs `eachBatch`, nothing done', 'noop'),
  kafkajs('b', 'kafkajs `eachBatch`, JSON.parse and an aggregate in memory', 'aggregate'),
  millrace('c', 'Millrace, checkpoints in Redis'),
  kstreams('d', 'Kafka Streams 4.1.1 EOS v2, RocksDB, commit 100 ms, `suppress`', 'final'),
  kstreams('d-updates', 'Kafka Streams, the same without `suppress`', 'updates'),
  flink('e', 'Flink 2.2.0 EOS, heap state, checkpoint 1 s'),
];
