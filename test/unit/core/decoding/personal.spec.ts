import { maskedFields, withoutPersonal } from '../../../../src/core/decoding/personal';
import { PoisonRecordError } from '../../../../src/core/errors';
import { RunnerHarness } from '../../../support/runner-harness';
import { compiledWith } from '../../../support/pipelines';
import { waitUntil } from '../../../support/wait-until';

const NAMES = ['email', 'name'];
const told = (message: string, fields: Record<string, unknown> | undefined) =>
  withoutPersonal(new PoisonRecordError('bad-value', message), NAMES, fields).message;

describe('personal fields', () => {
  it('are hidden in messages, in any case, quoted or cut', () => {
    const fields = { email: 'Ada@example.com', name: 'A "B" \u{1F600}', age: 7 };
    expect(told('where: "ada@EXAMPLE.com" is 7', fields)).toBe('where: "***" is 7');
    expect(told(`x: ${JSON.stringify(fields.name)}`, fields)).toBe('x: "***"');
    const long = 'very long address '.repeat(10);
    expect(told(`x: "${long.slice(0, 59)}…`, { email: long })).not.toContain('address');
  });

  it('are hidden whatever is in them: lists, objects, numbers', () => {
    const fields = { name: [{ first: 'Ada' }, 1815] };
    expect(told('Ada was born in 1815', fields)).toBe('*** was born in ***');
    expect(maskedFields({ a: [fields] }, NAMES)).toEqual({ a: [{ name: '***' }] });
  });

  it('may be anywhere in what cannot be decoded: only that is told', () => {
    expect(told('Unexpected token in "ada@example.com"', undefined)).toBe(
      'the value cannot be decoded; its source has personal fields, so no more is told',
    );
  });

  it('are in no message of a schema, which says nothing of values', () => {
    const error = new PoisonRecordError('schema-unknown', 'the schema registry does not know schema 7');
    expect(withoutPersonal(error, NAMES, undefined)).toBe(error);
  });

  it('do not come out in the dead letters of a running pipeline', async () => {
    const source = { topic: 'readings', format: 'json', time: { field: 't' }, personal: ['t'] };
    const harness = new RunnerHarness(compiledWith({ source, checkpoint: { interval: '10ms' } }));
    await harness.createTopic();
    await harness.own();
    const value = JSON.stringify({ key: 'a', t: 'born on 1815-12-10', x: 1 });
    await harness.log.send('readings', [
      { key: 'a', value },
      { key: 'a', value: '{"t":"1815-12-10"' },
    ]);
    await waitUntil('both are there', () => harness.deadLetters.length === 2);
    await harness.end();
    expect(harness.deadLetters.map(({ reason }) => reason)).toEqual(['bad-time', 'not-decodable']);
    expect(harness.deadLetters.map(({ message }) => message).join()).not.toContain('1815');
  });
});
