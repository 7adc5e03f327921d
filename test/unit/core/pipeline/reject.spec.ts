import { PoisonRecordError } from '../../../../src/core/errors';
import { compiled, pipelineText, problemsOf, recordOf } from './pipeline-text';

const accepts = (x: unknown): boolean => {
  const pipeline = compiled({ where: '  where: x != null && x >= 0 || reject("x is below 0")' });
  const record = recordOf({ x, k: 'a', at: 0 });
  return pipeline.accepts(pipeline.decode(record), record);
};

describe('reject(message)', () => {
  it('makes the record a dead letter with that message', () => {
    expect(() => accepts(-1)).toThrow(new PoisonRecordError('bad-value', 'where: x is below 0'));
    expect(() => accepts('text')).toThrow(PoisonRecordError);
  });

  it('is not asked about records that need none', () => expect(accepts(0)).toBe(true));

  it('may stand for a derived field', () => {
    const derive = '  derive: { twice: \'x > 5 ? reject("too much") : x * 2\' }';
    expect(problemsOf(pipelineText({ derive }))).toEqual([]);
  });
});
