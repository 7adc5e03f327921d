import fc from 'fast-check';

import { assignSticky, type OwningMember } from '../../src/adapters/kafka/sticky-assignment';

const group = fc.record({
  partitions: fc.integer({ min: 0, max: 40 }),
  members: fc.uniqueArray(
    fc.record({ memberId: fc.string({ minLength: 1 }), owned: fc.array(fc.integer({ min: 0, max: 60 })) }),
    { selector: ({ memberId }) => memberId, minLength: 1, maxLength: 9 },
  ),
});

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('the sticky assignment', () => {
  it('gives each partition to one member, and each member as many as the others, give or take one', () => {
    fc.assert(
      fc.property(group, ({ partitions, members }) => {
        const assignment = assignSticky(members, numbers(partitions));
        expect([...assignment.values()].flat().sort((a, b) => a - b)).toEqual(numbers(partitions));
        const counts = members.map(({ memberId }) => assignment.get(memberId)!.length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('gives nothing to members that are cut off, unless all are', () => {
    fc.assert(
      fc.property(group, fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }), ({ partitions, members }, cut) => {
        const told = members.map((member, i) => ({ ...member, isCutOff: cut[i]! }));
        const able = told.filter(({ isCutOff }) => !isCutOff);
        const assignment = assignSticky(told, numbers(partitions));
        expect([...assignment.keys()].sort()).toEqual(members.map(({ memberId }) => memberId).sort());
        const expected = assignSticky(able.length > 0 ? able : members, numbers(partitions));
        for (const { memberId } of told) expect(assignment.get(memberId)).toEqual(expected.get(memberId) ?? []);
      }),
    );
  });

  it('moves nothing while the members stay, and is the same whoever computes it', () => {
    fc.assert(
      fc.property(group, ({ partitions, members }) => {
        const first = assignSticky(members, numbers(partitions));
        const settled = members.map(({ memberId }) => ({ memberId, owned: first.get(memberId)! }));
        expect(assignSticky([...settled].reverse(), numbers(partitions))).toEqual(first);
      }),
    );
  });

  it('moves no more than the share of a member that comes, and only what a member had that goes', () => {
    fc.assert(
      fc.property(group, ({ partitions, members }) => {
        const all = numbers(partitions);
        const before = assignSticky(members, all);
        const settled: OwningMember[] = members.map(({ memberId }) => ({ memberId, owned: before.get(memberId)! }));
        const joined = assignSticky([...settled, { memberId: 'newcomer', owned: [] }], all);
        const movedToOthers = settled.filter(({ memberId, owned }) =>
          joined.get(memberId)!.some((p) => !owned.includes(p)),
        );
        expect(movedToOthers).toEqual([]);
        const [gone, ...left] = settled;
        if (left.length === 0) return;
        const after = assignSticky(left, all);
        for (const { memberId, owned } of left) expect(after.get(memberId)).toEqual(expect.arrayContaining([...owned]));
        expect(gone).toBeDefined();
      }),
    );
  });
});
