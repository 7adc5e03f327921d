import * as fc from 'fast-check';
import { cqlStatements } from '../../../../src/adapters/cassandra/cql-statements';

describe('cqlStatements', () => {
  it('splits at semicolons and drops empty statements', () => {
    expect(cqlStatements('CREATE a;\n;; CREATE b ;\n')).toEqual(['CREATE a', 'CREATE b']);
  });

  it('takes a last statement without semicolon', () => {
    expect(cqlStatements('CREATE a; CREATE b')).toEqual(['CREATE a', 'CREATE b']);
  });

  it.each([
    ["INSERT INTO t (a) VALUES ('a;b')"],
    ["INSERT INTO t (a) VALUES ('it''s; -- no comment')"],
    ['SELECT "odd;""name" FROM t'],
    ['CREATE FUNCTION f() AS $$ return 1; $$'],
    ["SELECT '/* ; */', '//;' FROM t"],
  ])('keeps a semicolon that ends nothing: %s', (statement) => {
    expect(cqlStatements(`${statement};${statement};`)).toEqual([statement, statement]);
  });

  it('drops comments of all kinds, and semicolons and quotes in them', () => {
    const script = "-- it's; one\nCREATE a // two;\n/* three; ' */ (b)/**/;-- end;";
    expect(cqlStatements(script).map((text) => text.replace(/\s+/g, ' '))).toEqual(['CREATE a (b)']);
  });

  it('leaves what is not closed to the server', () => {
    expect(cqlStatements("SELECT 'a; b")).toEqual(["SELECT 'a; b"]);
  });

  it('finds again the statements that were joined', () => {
    const literal = fc.string().map((text) => `'${text.replaceAll("'", "''")}'`);
    const comment = fc.constantFrom('', '-- a;b\n', '/* ;\n */', '// c;\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(literal, comment), { minLength: 1 }), (parts) => {
        const script = parts.map(([text, note]) => `${note}SELECT ${text};`).join('\n');
        expect(cqlStatements(script)).toEqual(parts.map(([text]) => `SELECT ${text}`));
      }),
      { seed: 7 },
    );
  });
});
