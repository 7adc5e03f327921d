import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyFile } from '../../../src/access/key-file';
import { digestOf } from '../../../src/config/api-keys';
import type { Log, LogFields } from '../../../src/core/ports/log.port';
import { silentLog } from '../../../src/core/ports/log.port';

describe('the file of keys', () => {
  let folder: string;
  let told: LogFields[];
  let inForce: Buffer[];
  let file: KeyFile;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'millrace-keys-'));
    [told, inForce] = [[], []];
    const log: Log = {
      ...silentLog,
      info: (fields) => void told.push(fields),
      error: (fields) => void told.push(fields),
    };
    const use = (keys: readonly { digest: Buffer }[]): void => void (inForce = keys.map(({ digest }) => digest));
    file = new KeyFile({ path: join(folder, 'keys'), log, use });
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (text: string): void => writeFileSync(join(folder, 'keys'), text);

  it('gives new keys as soon as it has them, and tells their names', async () => {
    write('first');
    await file.look();
    expect([inForce, told]).toEqual([[digestOf('first')], []]);
    write('keys: [{ name: second, key: 0123456789abcdef, scopes: [read] }]');
    await file.look();
    expect(inForce).toEqual([digestOf('0123456789abcdef')]);
    expect(told).toEqual([expect.objectContaining({ event: 'api-keys.reloaded', names: ['second'] })]);
  });

  it('is followed when Kubernetes swaps the link that leads to it', async () => {
    const version = (name: string, text: string): void => {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'keys'), text);
      symlinkSync(name, join(folder, '..data-new'));
      renameSync(join(folder, '..data-new'), join(folder, '..data'));
    };
    version('..1', 'first');
    symlinkSync(join('..data', 'keys'), join(folder, 'keys'));
    await file.look();
    version('..2', 'second');
    await file.look();
    expect(inForce).toEqual([digestOf('second')]);
  });

  it.each([
    ['is wrong', () => write('keys: [{ name: a, key: 0123456789abcdef, scopes: [all] }]')],
    ['is empty', () => write('')],
    ['is gone', () => rmSync(join(folder, 'keys'))],
  ])('leaves the keys in force when it %s, and says so once', async (_, spoil) => {
    write('first');
    await file.look();
    spoil();
    await file.look();
    await file.look();
    expect(inForce).toEqual([digestOf('first')]);
    expect(told).toEqual([expect.objectContaining({ event: 'api-keys.refused', path: join(folder, 'keys') })]);
    expect(JSON.stringify(told)).not.toContain('0123456789abcdef');
    write('second');
    await file.look();
    expect(inForce).toEqual([digestOf('second')]);
  });
});
