import fc from 'fast-check';
import { csvCell, csvCells, csvDecoder } from '../../../../src/core/decoding/csv-decoder';
import { PoisonRecordError } from '../../../../src/core/errors';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = csvDecoder(['location', 'pm25'], 100);

describe('the CSV decoder', () => {
  it('names the cells of a line', () => {
    expect(decode(bytes('Beijing US Post,81.5\r\n'))).toEqual({ location: 'Beijing US Post', pm25: 81.5 });
  });

  it('takes apart what a writer of RFC 4180 has put together', () => {
    const cell = fc.string().filter((text) => !/[\r\n]/.test(text));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
        const line = cells.map((text) => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)).join(',');
        expect(csvCells(line)).toEqual(cells);
      }),
    );
  });

  it.each([
    ['', null],
    ['0', 0],
    ['-1.50', -1.5],
    ['2e3', 2000],
    ['007', '007'],
    ['+86', '+86'],
    ['NA', 'NA'],
    ['NaN', 'NaN'],
    ['1e999', '1e999'],
    [' 5', ' 5'],
    ['9007199254740993', '9007199254740993'],
  ])('takes the cell %p as %p', (cell, value) => expect(csvCell(cell)).toBe(value));

  it.each([
    ['a', 'the line has 1 cells, 2 are needed'],
    ['a,b,c', 'the line has 3 cells, 2 are needed'],
    ['a,"b', 'a quote that is never closed at character 3'],
    ['"a"b,c', 'text after a closing quote at character 4'],
    ['a"b,c', 'a quote inside an unquoted cell at character 1'],
    ['a,b\nc,d', 'a second line at character 3'],
  ])('refuses %p', (line, message) => {
    expect(() => decode(bytes(line))).toThrow(PoisonRecordError);
    expect(() => decode(bytes(line))).toThrow(message);
  });
});
