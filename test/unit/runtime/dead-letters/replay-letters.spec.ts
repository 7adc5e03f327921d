import { schemaIdOf } from '../../../../src/core/decoding/schema-header';
import { TransientError } from '../../../../src/core/errors';
import { replayLetters, type ReplayOptions } from '../../../../src/runtime/dead-letters/replay-letters';
import { DeadLetterWorld } from '../../../support/dead-letter-world';
import { compiledWith } from '../../../support/pipelines';
import { avroUser, COUNTRY, NAME } from '../../../support/user-schemas';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const NONE = { replayed: 0, released: 0, before: 0, inDoubt: 0, gone: 0, notPatched: 0, more: false };

describe('a replay of dead letters', () => {
  let world: DeadLetterWorld;
  beforeEach(async () => (world = await DeadLetterWorld.open(compiledWith())));

  const replay = (options: Partial<ReplayOptions> = {}, ports: Partial<typeof world.ports> = {}) =>
    replayLetters(world.pipeline, { pipeline: 'test', limit: 1_000, ...options }, { ...world.ports, ...ports });
  const values = (): string[] => world.source().map(({ value }) => new TextDecoder().decode(value));
  const origins = (): unknown[] => world.source().map(({ headers }) => headers?.['millrace-replay-of']);

  it('sends the records as they were, in their order, and says of which record and for whom each is', async () => {
    await world.bury({ offset: 4, headers: { trace: 'x' } }, { offset: 9, value: Uint8Array.of(0xff), key: null });
    expect(await replay()).toEqual({ ...NONE, replayed: 2 });
    expect(world.source()).toMatchObject([
      { timestampMs: 1_600_000_000_004, key: new TextEncoder().encode('a'), headers: { trace: 'x' } },
      { timestampMs: 1_600_000_000_009, key: null, value: Uint8Array.of(0xff) },
    ]);
    expect(world.source()[0]?.headers).toEqual({
      ...{ trace: 'x', 'millrace-replay-of': '0:4', 'millrace-replay-for': 'test' },
    });
  });

  it('sends a letter once, however often it is asked for or was stored', async () => {
    await world.bury({ offset: 1 }, { offset: 1 }, ...range(600).map((offset) => ({ offset })), { offset: 1 });
    await replay();
    expect(await replay()).toMatchObject({ replayed: 0, inDoubt: 0 });
    expect(origins().sort()).toEqual(
      range(600)
        .map((offset) => `0:${offset}`)
        .sort(),
    );
  });

  it('sends no letter twice when two operators ask at the same time', async () => {
    await world.bury(...range(50).map((offset) => ({ offset })));
    const [one, other] = await Promise.all([replay(), replay()]);
    expect(one.replayed + other.replayed).toBe(50);
    expect(world.source()).toHaveLength(50);
  });

  it('leaves letters that may have been sent to the operator, and sends them when told to', async () => {
    await world.bury({ offset: 1 }, { offset: 2 });
    const away = { send: () => Promise.reject(new TransientError('no broker')) };
    await expect(replay({}, { producer: away })).rejects.toThrow('no broker');
    expect(await replay()).toEqual({ ...NONE, inDoubt: 2 });
    expect(await replay({ again: true })).toEqual({ ...NONE, replayed: 2 });
    expect(await replay({ again: true })).toEqual({ ...NONE, before: 2 });
    expect(origins()).toEqual(['0:1', '0:2']);
  });

  it('goes on with the next call after its limit', async () => {
    await world.bury(...range(25).map((offset) => ({ offset })));
    expect(await replay({ limit: 10 })).toEqual({ ...NONE, replayed: 10, more: true });
    expect(await replay({ limit: 10 })).toEqual({ ...NONE, replayed: 10, before: 10, more: true });
    expect(await replay({ limit: 10 })).toEqual({ ...NONE, replayed: 5, before: 20 });
    expect(origins()).toEqual(range(25).map((offset) => `0:${offset}`));
  });

  it('takes the letters of a key, a reason and a time alone', async () => {
    await world.bury({ offset: 1 }, { offset: 2, key: 'b' }, { offset: 3, reason: 'bad-time' });
    world.nowMs += 1_000;
    await world.bury({ offset: 4 }, { offset: 5, pipeline: 'other' });
    expect(await replay({ fromMs: world.nowMs })).toMatchObject({ replayed: 1 });
    expect(await replay({ toMs: world.nowMs, key: 'a', reason: 'bad-time' })).toMatchObject({ replayed: 1 });
    expect(await replay({ key: 'b' })).toMatchObject({ replayed: 1 });
    expect(origins()).toEqual(['0:4', '0:3', '0:2']);
  });

  it('puts values right as the patch says, and leaves out those that are no JSON object', async () => {
    await world.bury(
      { offset: 1, value: '{"key":"a","x":"7","unit":{"of":"x","old":true},"extra":1}' },
      { offset: 2, value: 'no JSON' },
      { offset: 3, value: null },
    );
    const patch = { x: 7, extra: null, unit: { old: null, new: [1] } };
    expect(await replay({ patch })).toEqual({
      ...{ ...NONE, replayed: 1, notPatched: 2 },
      notPatchedBecause: '0:2 the value is no JSON object',
    });
    expect(JSON.parse(values()[0]!)).toEqual({ key: 'a', x: 7, unit: { of: 'x', new: [1] } });
    expect(await replay()).toEqual({ ...NONE, replayed: 2, before: 1 });
  });

  it('puts values with a schema right through it, and leaves out what no schema reads or holds', async () => {
    const source = { topic: 'users', format: 'avro', schema: { text: avroUser(NAME, COUNTRY).text } };
    world = await DeadLetterWorld.open(compiledWith({ source, key: ['id'], aggregate: { n: 'count()' } }));
    const { schemas } = world.ports;
    const older = await schemas.encoderFor({ format: 'avro', subject: 'users-value', schema: avroUser(NAME).text });
    const id = '6f1c3bd2-3d7c-4f2e-9a0a-0d6f4f3f2f11';
    const value = older.encode({ id, name: 'Änna 🚀' });
    await world.bury({ offset: 1, value }, { offset: 2, value: 'no Avro' }, { offset: 3, value: null });
    expect(await replay({ patch: { name: 7 } })).toEqual({
      ...{ ...NONE, notPatched: 3 },
      notPatchedBecause: expect.stringMatching(/^0:1 bad-value: .*name/),
    });
    expect(await replay({ patch: { country: 'भारत' } })).toEqual({
      ...{ ...NONE, replayed: 1, notPatched: 2 },
      notPatchedBecause: expect.stringMatching(/^0:2 schema-header: /),
    });
    const sent = world.source()[0]!.value!;
    const decode = await schemas.decoderOf(schemaIdOf(sent), { format: 'avro' });
    expect(decode(sent)).toEqual({ id, name: 'Änna 🚀', country: 'भारत' });
  });

  it('takes the whole of a record that was too large for its letter from the source, if it still has it', async () => {
    await world.log.send(world.topic, [{ key: 'a', value: 'the whole value' }]);
    const headers = { 'millrace-omitted-value-bytes': '15' };
    await world.bury({ offset: 0, value: null, headers }, { offset: 77, value: null, headers });
    expect(await replay()).toEqual({ ...NONE, replayed: 1, gone: 1 });
    expect(values()).toEqual(['the whole value', 'the whole value']);
    expect(world.source()[1]?.headers).not.toHaveProperty('millrace-omitted-value-bytes');
  });
});
