import { MemoryStateStore } from '../../../src/adapters/memory/memory-state-store';
import { FencedError } from '../../../src/core/errors';
import type { EntryWrite } from '../../../src/core/ports/state-store.port';
import { OwnedState } from '../../../src/runtime/owned-state';
import { delta } from '../../support/store-samples';
import { StoreOwner } from '../../support/store-owner';

const ID = { pipeline: 'test', partition: 0 };
const ENTRY = { segment: 's', entry: 'e', value: Uint8Array.of(1) };

describe('the state of a task', () => {
  let store: MemoryStateStore;
  let owner: StoreOwner;
  let state: OwnedState;
  const stateOf = ({ epoch, commits }: StoreOwner): OwnedState =>
    new OwnedState({ id: ID, stateStore: store, lastCommit: () => ({ epoch, commit: commits }) });
  const scanned = async (segment: string): Promise<readonly EntryWrite[]> => {
    const all: EntryWrite[] = [];
    for await (const entries of state.scan(segment)) all.push(...entries);
    return all;
  };

  beforeEach(async () => {
    store = new MemoryStateStore();
    owner = await StoreOwner.claim(store, ID);
    await owner.commit(delta({ upserts: [ENTRY] }));
    state = stateOf(owner);
  });

  it('is its owner’s, with a commit of its own under way too', async () => {
    await owner.commit(delta({ upserts: [{ ...ENTRY, value: Uint8Array.of(2) }] }));
    expect(await state.load([ENTRY])).toEqual([Uint8Array.of(2)]);
    expect(await scanned('s')).toEqual([{ ...ENTRY, value: Uint8Array.of(2) }]);
  });

  it('is not for an owner that stood still while another one went on', async () => {
    const next = await StoreOwner.claim(store, ID);
    await next.commit(delta({ removals: [ENTRY] }));
    await expect(state.load([ENTRY])).rejects.toThrow(FencedError);
    await expect(scanned('s')).rejects.toThrow(FencedError);
    await expect(scanned('none')).rejects.toThrow(FencedError);
  });

  it('is not for an owner whose store has forgotten a commit', async () => {
    store = new MemoryStateStore();
    await StoreOwner.claim(store, ID);
    state = stateOf(owner);
    await expect(state.load([ENTRY])).rejects.toThrow('the store has forgotten something');
  });
});
