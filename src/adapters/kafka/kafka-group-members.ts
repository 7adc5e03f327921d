import type { Kafka } from 'kafkajs';
import type { GroupMembers } from '../../core/ports/group-members.port';
import { connectCluster } from './kafka-cluster';
import { asKafkaError, kafkaErrorType } from './kafka-errors';

interface GroupMember {
  readonly memberId: string;
  readonly clientId: string;
}

/** The parts of kafkajs's inner objects that are used here; version 2.2.4, which is pinned. */
interface Coordinator {
  describeGroups(request: { groupIds: string[] }): Promise<{ groups: { members: GroupMember[] }[] }>;
  leaveGroup(request: { groupId: string; memberId: string }): Promise<unknown>;
}

interface Cluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  findGroupCoordinator(request: { groupId: string }): Promise<Coordinator>;
}

/**
 * Kafka lets anybody send LeaveGroup for a member whose id he knows; kafkajs keeps that request inside. A member is known
 * by its client id, which for our consumers is the name of their process.
 */
export class KafkaGroupMembers implements GroupMembers {
  private cluster: Promise<Cluster> | undefined;

  constructor(private readonly kafka: Kafka) {}

  async expel(groups: readonly string[], process: string): Promise<number> {
    try {
      const cluster = await (this.cluster ??= connectCluster<Cluster>(this.kafka));
      const counts = await Promise.all(groups.map((group) => expelFrom(cluster, group, process)));
      return counts.reduce((sum, count) => sum + count, 0);
    } catch (thrown) {
      await this.close();
      throw asKafkaError(thrown, `take ${process} out of its groups`);
    }
  }

  async close(): Promise<void> {
    const { cluster } = this;
    this.cluster = undefined;
    // One that never connected has nothing to close.
    await cluster?.then((connected) => connected.disconnect()).catch(() => undefined);
  }
}

async function expelFrom(cluster: Cluster, groupId: string, process: string): Promise<number> {
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  const { groups } = await coordinator.describeGroups({ groupIds: [groupId] });
  const dead = groups.flatMap(({ members }) => members).filter(({ clientId }) => clientId === process);
  for (const { memberId } of dead) await leave(coordinator, groupId, memberId);
  return dead.length;
}

async function leave(coordinator: Coordinator, groupId: string, memberId: string): Promise<void> {
  try {
    await coordinator.leaveGroup({ groupId, memberId });
  } catch (thrown) {
    // Another process was faster.
    if (kafkaErrorType(thrown) !== 'UNKNOWN_MEMBER_ID') throw thrown;
  }
}
