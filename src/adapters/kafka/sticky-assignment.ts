/** One member of a group and the partitions that it has now. */
export interface OwningMember {
  readonly memberId: string;
  readonly owned: readonly number[];
  /** It cannot do the work now, and gets none of it unless that is so of all. */
  readonly isCutOff?: boolean;
}

/**
 * Gives each member as many partitions as the others, give or take one, and moves as few as that allows: a task stays
 * where its state is warm. Deterministic: the same members give the same assignment, whoever computes it.
 * Partitions that two members say they have (one of them is behind) go to the first of them, by member id.
 */
export function assignSticky(
  members: readonly OwningMember[],
  partitions: readonly number[],
): ReadonlyMap<string, readonly number[]> {
  const able = members.filter(({ isCutOff }) => !isCutOff);
  const without = new Map<string, readonly number[]>(members.map(({ memberId }) => [memberId, []]));
  return new Map([...without, ...assignToAll(able.length > 0 ? able : members, partitions)]);
}

function assignToAll(
  members: readonly OwningMember[],
  partitions: readonly number[],
): ReadonlyMap<string, readonly number[]> {
  const sorted = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const free = new Set(partitions);
  const kept = sorted.map(({ memberId, owned }) => {
    const mine = [...new Set(owned)].filter((partition) => free.delete(partition)).sort((a, b) => a - b);
    return { memberId, partitions: mine };
  });
  const least = Math.floor(partitions.length / sorted.length);
  let larger = partitions.length - least * sorted.length;
  // Whoever has most keeps one more than the others, so that fewest move.
  for (const member of [...kept].sort((a, b) => b.partitions.length - a.partitions.length)) {
    const most = larger > 0 && member.partitions.length > least ? least + 1 : least;
    if (most > least) larger--;
    for (const partition of member.partitions.splice(most)) free.add(partition);
  }
  const left = [...free].sort((a, b) => a - b);
  for (const member of kept) while (member.partitions.length < least) member.partitions.push(left.shift()!);
  for (const member of kept) {
    if (left.length === 0) break;
    if (member.partitions.length === least) member.partitions.push(left.shift()!);
  }
  return new Map(kept.map(({ memberId, partitions: mine }) => [memberId, mine.sort((a, b) => a - b)]));
}
