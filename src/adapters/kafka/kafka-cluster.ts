import type { Kafka } from 'kafkajs';

interface Connected {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/**
 * A connection of kafkajs's inner kind, for requests that it keeps inside; version 2.2.4, which is pinned. `Cluster` names
 * the parts of it that are used.
 */
export async function connectCluster<Cluster extends Connected>(kafka: Kafka): Promise<Cluster> {
  const symbol = Object.getOwnPropertySymbols(kafka).find(({ description }) => description?.endsWith('createCluster'));
  if (!symbol) throw new Error('kafkajs keeps its clusters elsewhere: this needs version 2.2.4');
  const create = (kafka as unknown as Record<symbol, (options: object) => Cluster>)[symbol]!;
  const cluster = create({ allowAutoTopicCreation: false });
  await cluster.connect();
  return cluster;
}
