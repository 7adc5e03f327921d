/**
 * What may hold a `;` that ends no statement: comments, strings, quoted names and `$$` blocks. The last alternative is
 * the `;` that does. An unclosed one reaches to the end, and the server refuses the statement.
 */
const TOKEN =
  /(?<comment>--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|\$\$[\s\S]*?(?:\$\$|$)|(?<end>;)/g;

/** The statements of a CQL script, in order, without comments and without the `;` that ends each. */
export function cqlStatements(script: string): readonly string[] {
  const statements: string[] = [];
  let statement = '';
  let position = 0;
  for (const token of script.matchAll(TOKEN)) {
    statement += script.slice(position, token.index);
    position = token.index + token[0].length;
    if (token.groups?.['comment'] !== undefined) {
      statement += ' ';
    } else if (token.groups?.['end'] === undefined) {
      statement += token[0];
    } else {
      statements.push(statement);
      statement = '';
    }
  }
  statements.push(statement + script.slice(position));
  return statements.map((text) => text.trim()).filter((text) => text !== '');
}
