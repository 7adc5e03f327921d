import { MemoryBoardStore } from '../../src/adapters/memory/memory-board-store';
import { uniqueName } from '../support/servers';
import { describeBoardStore } from './board-store.conformance';

describeBoardStore('memory', () => {
  const clock = { nowMs: 1_000_000 };
  const store = new MemoryBoardStore({ now: () => clock.nowMs });
  return Promise.resolve({
    store,
    newPlace: (view = 'leaderboard') => ({ pipeline: uniqueName('board'), view, key: undefined }),
    leftMs: (place) => Promise.resolve(store.leftMs(place)),
    remembered: (place) => Promise.resolve(store.remembered(place)),
    close: () => Promise.resolve(),
  });
});

describe('MemoryBoardStore', () => {
  it('forgets a board when its time is over', async () => {
    let nowMs = 0;
    const store = new MemoryBoardStore({ now: () => nowMs });
    const place = { pipeline: 'p', view: 'leaderboard', key: undefined } as const;
    await store.rank(place, [{ member: 'a', version: '1', score: 1, text: '' }], {
      ...{ keeps: 'highest', size: 10, ttlMs: 1_000 },
    });
    nowMs = 999;
    expect((await store.page(place, 'highest', 10)).members).toBe(1);
    nowMs = 1_000;
    expect((await store.page(place, 'highest', 10)).members).toBe(0);
  });
});
