import type { PartitionAssigner } from 'kafkajs';
import { AssignerProtocol } from './kafkajs';
import { assignSticky, type OwningMember } from './sticky-assignment';

const NAME = 'MillraceSticky';
const VERSION = 1;
const { MemberMetadata, MemberAssignment } = AssignerProtocol;

/**
 * kafkajs's interface to {@link assignSticky} for a group of one topic. Each member says in its metadata what it has;
 * `owned` is asked at every join.
 */
export function stickyAssigner(topic: string, owned: () => readonly number[]): PartitionAssigner {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    assign: ({ members }) => {
      const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
      const assignment = assignSticky(
        members.map(({ memberId, memberMetadata }) => ({ memberId, owned: ownedBy(memberMetadata) })),
        partitions,
      );
      const answer = [...assignment].map(([memberId, mine]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: VERSION,
          assignment: { [topic]: [...mine] },
          userData: Buffer.alloc(0),
        }),
      }));
      return Promise.resolve(answer);
    },
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.from(JSON.stringify(owned())) }),
    }),
  });
}

/** What another version wrote, or none, counts as nothing. */
function ownedBy(metadata: Buffer): OwningMember['owned'] {
  try {
    const owned: unknown = JSON.parse(MemberMetadata.decode(metadata)?.userData.toString('utf8') ?? '[]');
    return Array.isArray(owned) ? owned.filter((partition): partition is number => Number.isInteger(partition)) : [];
  } catch {
    return [];
  }
}
