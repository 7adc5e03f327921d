import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { migratedSchemas } from '../../src/commands/table-problems';

const ROOT = join(__dirname, '..', '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'tables.md'), 'utf8');

/** The cells of the line about a table. */
function lineOf(table: string): readonly string[] {
  const line = PAGE.split('\n').find((text) => text.startsWith(`| \`${table}\` |`)) ?? '';
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

describe('docs/tables.md', () => {
  it('tells of each table that migrations make its question, partition, greatest size and lifetime', async () => {
    const tables = [...(await migratedSchemas()).keys()];
    const missing = tables.filter((table) => lineOf(table).length < 7 || lineOf(table).some((cell) => cell === ''));
    expect(tables.length).toBeGreaterThan(10);
    expect(missing).toEqual([]);
  });

  it('tells of no table that is not there', async () => {
    const tables = await migratedSchemas();
    const told = [...PAGE.matchAll(/^\| `(\w+\.\w+)` \|/gm)].map(([, table]) => table!);
    expect(told.filter((table) => !tables.has(table))).toEqual([]);
  });
});
