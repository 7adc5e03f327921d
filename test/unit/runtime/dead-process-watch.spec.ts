import { TransientError } from '../../../src/core/errors';
import { CUT_OFF_MS, DeadProcessWatch } from '../../../src/runtime/dead-process-watch';
import { StoreContact } from '../../../src/runtime/store-contact';

const BEAT_MS = 300;

/** A watch over leases and groups that a test sets, on fake timers. */
function setUp() {
  const world = {
    lapsed: [] as string[],
    away: false,
    expelled: [] as string[],
    forgotten: [] as string[],
    renewed: 0,
    groupsAway: false,
    holders: [] as string[],
    said: [] as string[],
  };
  const clock = { now: () => Date.now() };
  const contact = new StoreContact(clock, CUT_OFF_MS);
  const watch = new DeadProcessWatch({
    process: 'me',
    leases: {
      renew: () => {
        if (world.away) return Promise.reject(new TransientError('Redis is away'));
        world.renewed += 1;
        return Promise.resolve([...world.lapsed]);
      },
      holders: () => Promise.resolve(world.holders),
      forget: (process) => {
        world.forgotten.push(process);
        world.lapsed = world.lapsed.filter((one) => one !== process);
        return Promise.resolve();
      },
    },
    members: {
      expel: (groups, process) => {
        if (world.groupsAway) return Promise.reject(new TransientError('Kafka is away'));
        world.expelled.push(`${process} from ${groups.join(',')}`);
        return Promise.resolve(groups.length);
      },
    },
    groups: () => ['one', 'two'],
    isGone: (process) => process.startsWith('gone'),
    ...{ clock, contact },
    log: (_, event) => void world.said.push(event),
  });
  const beats = (count: number): Promise<void> => jest.advanceTimersByTimeAsync(count * BEAT_MS);
  return { world, watch, beats, contact };
}

describe('the watch over dead processes', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('takes a process whose lease has lapsed out of the groups, once', async () => {
    const { world, watch, beats } = setUp();
    watch.start();
    await beats(6);
    world.lapsed = ['dead'];
    await beats(3);
    expect(world.expelled).toEqual(['dead from one,two']);
    expect(world.forgotten).toEqual(['dead']);
    await watch.stop();
  });

  it('does not wait for the lease of a process that is known to be gone', async () => {
    const { world, watch, beats } = setUp();
    world.holders = ['gone', 'other', 'me'];
    watch.start();
    await beats(1);
    expect(world.expelled).toEqual(['gone from one,two']);
    await beats(5);
    expect(world.expelled).toHaveLength(1);
    await watch.stop();
  });

  it('tries again with the next beat when the groups could not be reached', async () => {
    const { world, watch, beats } = setUp();
    world.holders = ['gone'];
    world.groupsAway = true;
    watch.start();
    await beats(2);
    expect(world.expelled).toEqual([]);
    world.groupsAway = false;
    await beats(1);
    expect(world.expelled).toEqual(['gone from one,two']);
    await watch.stop();
  });

  it('judges nobody until it has itself reached the store for as long as a lease lasts', async () => {
    const { world, watch, beats } = setUp();
    world.lapsed = ['slow'];
    watch.start();
    await beats(3);
    expect(world.expelled).toEqual([]);
    await beats(3);
    expect(world.expelled).toHaveLength(1);
    await watch.stop();
  });

  it('judges nobody after the store was away until all had time to renew', async () => {
    const { world, watch, beats } = setUp();
    watch.start();
    await beats(10);
    world.away = true;
    await beats(10);
    world.away = false;
    world.lapsed = ['neighbour'];
    await beats(2);
    world.lapsed = [];
    await beats(10);
    expect(world.expelled).toEqual([]);
    await watch.stop();
  });

  it('tries again when the groups could not be reached', async () => {
    const { world, watch, beats } = setUp();
    watch.start();
    await beats(6);
    world.groupsAway = true;
    world.lapsed = ['dead'];
    await beats(2);
    expect(world.forgotten).toEqual([]);
    world.groupsAway = false;
    await beats(8);
    expect(world.expelled).toEqual(['dead from one,two']);
    await watch.stop();
  });

  it('joins its groups anew once it reaches the store again, if it told one that it does not', async () => {
    const { world, watch, beats, contact } = setUp();
    expect(contact.tellLost()).toBe(false);
    watch.start();
    await beats(2);
    world.away = true;
    await beats(2);
    expect(contact.tellLost()).toBe(false);
    await beats(4);
    expect(contact.tellLost()).toBe(true);
    world.away = false;
    world.groupsAway = true;
    await beats(2);
    expect(world.expelled).toEqual([]);
    world.groupsAway = false;
    await beats(4);
    expect(world.expelled).toEqual(['me from one,two']);
    expect(contact.tellLost()).toBe(false);
    await watch.stop();
  });

  it('stays in its groups when the store was away and no group was joined meanwhile', async () => {
    const { world, watch, beats } = setUp();
    watch.start();
    await beats(2);
    world.away = true;
    await beats(20);
    world.away = false;
    await beats(10);
    expect(world.expelled).toEqual([]);
    await watch.stop();
  });

  it('says once that the store is away, and again the next time', async () => {
    const { world, watch, beats } = setUp();
    watch.start();
    for (let round = 1; round <= 2; round++) {
      await beats(2);
      world.away = true;
      await beats(10);
      world.away = false;
      await beats(1);
      expect(world.said).toEqual(Array(round).fill('group.watch-failed'));
    }
    await watch.stop();
  });

  it('ends its own lease when it stops, and beats no more', async () => {
    const { world, watch, beats } = setUp();
    watch.start();
    await beats(2);
    await watch.stop();
    const { renewed } = world;
    await beats(5);
    expect(world.renewed).toBe(renewed);
    expect(world.forgotten).toEqual(['me']);
  });
});
