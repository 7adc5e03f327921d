import { isDeepStrictEqual } from 'node:util';

import { waitUntil } from './wait-until';

/** Rows by their key. */
export type Rows = ReadonlyMap<string, object>;

/** A table of thousands of rows that is wrong is wrong in many of them. */
const SHOWN = 5;

/** Waits for the rows to be exactly those expected; if they do not become so, shows the first that differ. */
export async function rowsBecome(expected: Rows, read: () => Rows | Promise<Rows>, deadlineMs = 90_000): Promise<void> {
  const isThere = async (): Promise<boolean> => differences(expected, await read()).length === 0;
  await waitUntil('the rows are those expected', isThere, deadlineMs, 500).catch(() => undefined);
  const found = await read();
  expect(differences(expected, found).slice(0, SHOWN)).toEqual([]);
  expect(found.size).toBe(expected.size);
}

function differences(expected: Rows, found: Rows): readonly object[] {
  const keys = new Set([...expected.keys(), ...found.keys()]);
  return [...keys].flatMap((key) => {
    const [wanted, came] = [expected.get(key), found.get(key)];
    return isDeepStrictEqual(wanted, came) ? [] : [{ key, wanted, came }];
  });
}
