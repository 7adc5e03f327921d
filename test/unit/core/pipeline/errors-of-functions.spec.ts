import { FatalError, PoisonRecordError } from '../../../../src/core/errors';
import { defineFunction } from '../../../../src/core/pipeline/function-definition';
import { createLanguage } from '../../../../src/core/pipeline/language';
import { compileRecordExpression } from '../../../../src/core/pipeline/record-expression';
import { recordOf } from './pipeline-text';

const throwing = (error: Error) => (): never => {
  throw error;
};

/** The same function called by CEL, and over the whole record. */
function callOf(text: 'within(1.0) + 1' | 'whole()', error: Error): () => unknown {
  const language = createLanguage({
    functions: [defineFunction('within', '(double): double', throwing(error), 1)],
    recordFunctions: [{ name: 'whole', result: 'dyn', version: 1, call: throwing(error) }],
  });
  const expression = compileRecordExpression({ label: 'derive.y', text, scope: 'record' }, language);
  return () => expression({ x: 1 }, recordOf('{"x":1}'));
}

describe.each(['within(1.0) + 1', 'whole()'] as const)('an error of a function that %s calls', (text) => {
  it('is of the record, which becomes a dead letter', () => {
    const call = callOf(text, new Error('no luck'));
    expect(call).toThrow(PoisonRecordError);
    expect(call).toThrow(`derive.y: ${text}: no luck`);
  });

  it('stops the pipeline if it is fatal', () => {
    const fatal = new FatalError('nothing works');
    let thrown: unknown;
    try {
      callOf(text, fatal)();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBe(fatal);
  });
});
