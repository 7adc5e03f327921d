import type { PartitionAssigner } from 'kafkajs';
import { AssignerProtocol } from './kafkajs';
import { assignSticky, type OwningMember } from './sticky-assignment';

const NAME = 'MillraceSticky';
const VERSION = 1;
const { MemberMetadata, MemberAssignment } = AssignerProtocol;

type Told = Omit<OwningMember, 'memberId'>;

/**
 * kafkajs's interface to {@link assignSticky} for a group of one topic. Each member says in its metadata what it has, and
 * whether it is cut off; `told` is asked at every join.
 */
export function stickyAssigner(topic: string, told: () => Told): PartitionAssigner {
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    assign: ({ members }) => {
      const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
      const assignment = assignSticky(
        members.map(({ memberId, memberMetadata }) => ({ memberId, ...toldBy(memberMetadata) })),
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
      metadata: MemberMetadata.encode({ version: VERSION, topics, userData: Buffer.from(textOf(told())) }),
    }),
  });
}

/** The list alone where it says all, as members of older versions write and read it. */
function textOf({ owned, isCutOff }: Told): string {
  return JSON.stringify(isCutOff ? { owned, isCutOff } : owned);
}

/** What another version wrote, or none, counts as nothing. */
function toldBy(metadata: Buffer): Told {
  try {
    const told: unknown = JSON.parse(MemberMetadata.decode(metadata)?.userData.toString('utf8') ?? '[]');
    if (Array.isArray(told)) return { owned: partitionsOf(told) };
    const { owned, isCutOff } = told as { readonly owned?: unknown; readonly isCutOff?: unknown };
    return { owned: partitionsOf(owned), isCutOff: isCutOff === true };
  } catch {
    return { owned: [] };
  }
}

function partitionsOf(owned: unknown): readonly number[] {
  if (!Array.isArray(owned)) return [];
  return owned.filter((partition): partition is number => Number.isInteger(partition));
}
