import { STANDARD_LANGUAGE } from '../../../../src/core/pipeline/language';
import { mentionsIn } from '../../../../src/core/pipeline/cel-names';

const namesIn = (text: string) =>
  mentionsIn(STANDARD_LANGUAGE.cel.parse(text).ast).map(({ name, field }) =>
    field === undefined ? name : `${name}.${field}`,
  );

describe('the names that an expression takes from outside', () => {
  it.each([
    ['x', ['x']],
    ['x + y * -z', ['x', 'y', 'z']],
    ['key.location', ['key.location']],
    ['key["location"]', ['key.location']],
    ['key[x]', ['key', 'x']],
    ['a.b.c', ['a.b']],
    ['f(x, [y], {"k": z})', ['x', 'y', 'z']],
    ['x.startsWith(y)', ['x', 'y']],
    ['xs.map(x, x + y)', ['xs', 'y']],
    ['xs.filter(x, x > 1).exists(y, y == x)', ['xs', 'x']],
    ['cel.bind(t, x + 1, t * y)', ['x', 'y']],
    ['a ? b : c && !d', ['a', 'b', 'c', 'd']],
    ['has(a.b)', ['a.b']],
    ['"x" == r"y"', []],
  ])('%s: %p', (text, names) => expect(namesIn(text)).toEqual(names));
});
