import { ownTurn } from '../../../src/runtime/own-turn';

/** How many turns of the event loop there have been. */
class Turns {
  count = 0;
  private isOver = false;

  constructor() {
    const next = (): void => {
      this.count++;
      if (!this.isOver) setImmediate(next);
    };
    setImmediate(next);
  }

  end(): void {
    this.isOver = true;
  }
}

describe('a turn of the event loop of its own', () => {
  it('is given to each in order, and never to two at once', async () => {
    const turns = new Turns();
    const given: [name: number, turn: number][] = [];
    const names = Array.from({ length: 20 }, (_, i) => i);
    await Promise.all(names.map((name) => ownTurn().then(() => given.push([name, turns.count]))));
    turns.end();
    expect(given.map(([name]) => name)).toEqual(names);
    expect(new Set(given.map(([, turn]) => turn)).size).toBe(names.length);
  });

  it('is given again to who asks anew, behind those that wait', async () => {
    const given: string[] = [];
    const work = async (name: string): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        await ownTurn();
        given.push(name);
      }
    };
    await Promise.all([work('a'), work('b')]);
    expect(given).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  });
});
