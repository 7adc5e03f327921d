import { compilePipeline } from '../../../../src/core/pipeline/compile';
import type { Fields } from '../../../../src/core/pipeline/compiled-pipeline';
import { createLanguage, type Language } from '../../../../src/core/pipeline/language';
import { parsePipelines } from '../../../../src/core/pipeline/parse';
import { problemText } from '../../../../src/core/pipeline/problem';
import { pipelineText, recordOf } from './pipeline-text';

const isHot = (version: number, call: (fields: Fields) => unknown = ({ x }) => (x as number) > 30): Language =>
  createLanguage({ recordFunctions: [{ name: 'is_hot', result: 'bool', version, call }] });

const TEXT = pipelineText({ where: '  where: is_hot()', derive: '  derive: { hot: is_hot() }' });

function compiled(language: Language, text = TEXT) {
  const { definitions, problems } = parsePipelines(text, 'f', language);
  expect(problems.map(problemText)).toEqual([]);
  return compilePipeline(definitions[0]!, language);
}

describe('a function over records', () => {
  it('is given the fields of the record, in where and in derive', () => {
    const pipeline = compiled(isHot(1));
    const fields: Fields = { k: 'a', x: 31 };
    expect(pipeline.accepts(fields, recordOf({}))).toBe(true);
    expect(fields).toEqual({ k: 'a', x: 31, hot: true });
    expect(pipeline.accepts({ x: 30 }, recordOf({}))).toBe(false);
  });

  it('changes the fingerprint with its version', () => {
    expect(compiled(isHot(1)).fingerprint).not.toBe(compiled(isHot(2)).fingerprint);
  });

  it('makes a dead letter of a record that it fails on', () => {
    const pipeline = compiled(isHot(1, ({ tags }) => (tags as string[]).includes('hot')));
    expect(() => pipeline.accepts({ x: 1 }, recordOf({}))).toThrow(/^where: is_hot\(\): Cannot read properties/);
  });

  it('can only stand by itself', () => {
    const pipeline = compiled(isHot(1), pipelineText({ where: '  where: is_hot() && x > 1' }));
    expect(() => pipeline.accepts({ x: 31 }, recordOf({}))).toThrow('it can only stand by itself');
  });
});
