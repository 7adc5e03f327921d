import { STANDARD_LANGUAGE } from '../../../../src/core/pipeline/language';
import { compileRecordExpression } from '../../../../src/core/pipeline/record-expression';
import { recordOf } from './pipeline-text';

const RECORD = '{"x":1,"text":"a","list":[1],"map":{"a":1},"none":null}';

/** What an expression gives for a record, or that it gives nothing. */
function valueOf(text: string): unknown {
  try {
    const expression = compileRecordExpression({ label: 'where', text, scope: 'record' }, STANDARD_LANGUAGE);
    return expression(JSON.parse(RECORD) as Record<string, unknown>, recordOf(RECORD));
  } catch {
    return 'nothing';
  }
}

const PLACES = [
  'x',
  'text',
  'list',
  'map',
  'none',
  'headers',
  'key',
  'timestamp',
  '"a"',
  '[1]',
  '{"a": 1}',
  '1',
  'null',
];
const NAMES = ['constructor', '__proto__', 'prototype', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'];

describe('expressions reach nothing but the record', () => {
  it.each(PLACES.flatMap((place) => NAMES.map((name) => `${place}.${name}`)))('by %s', (text) => {
    expect([undefined, null, 'nothing']).toContain(valueOf(text));
  });

  it.each(['x', 'text', 'list', 'map', 'headers'].flatMap((place) => NAMES.map((name) => `${place}["${name}"]`)))(
    'by %s',
    (text) => {
      expect([undefined, null, 'nothing']).toContain(valueOf(text));
    },
  );

  it.each(['process', 'globalThis', 'global', 'require', 'module', 'this', 'Function', 'eval', ...NAMES])(
    'by the name %s',
    (text) => {
      expect([undefined, null, 'nothing']).toContain(valueOf(text));
    },
  );

  it.each([
    'require("fs")',
    'eval("1")',
    'Function("return process")()',
    'x.constructor.constructor("return process")()',
    'map.constructor("return process")',
    'text.constructor("return process")()',
    'has(map.constructor) ? "reached" : "nothing"',
    '"constructor" in map ? "reached" : "nothing"',
    'text.at(0)',
    'list.map(i, i.constructor)',
    '{"a": process}["a"]',
    'list.filter(i, true).constructor',
  ])('by %s', (text) => {
    expect([undefined, null, 'nothing']).toContain(valueOf(text));
  });

  it('even where a record has fields of such names, which are only what the record says', () => {
    const text = '{"__proto__":{"x":7},"constructor":"mine"}';
    const fields = JSON.parse(text) as Record<string, unknown>;
    const read = (expression: string): unknown =>
      compileRecordExpression({ label: 'where', text: expression, scope: 'record' }, STANDARD_LANGUAGE)(
        fields,
        recordOf(text),
      );
    expect(read('constructor')).toBe('mine');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});
