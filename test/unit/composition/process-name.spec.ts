import { spawnSync } from 'node:child_process';

import { isGoneProcess, newProcessName } from '../../../src/composition/process-name';

/** This process's name, as if it had another process id. */
function named(pid: number): string {
  return newProcessName('my-client').replace(`-${process.pid}-`, `-${pid}-`);
}

describe('the name of a process', () => {
  it('is unlike any other', () => {
    expect(newProcessName('a')).not.toBe(newProcessName('a'));
    expect(newProcessName('my client/é')).toMatch(/^[A-Za-z0-9._-]+$/);
  });

  it('tells that a process of this machine is gone', () => {
    const ended = spawnSync(process.execPath, ['-e', '0']).pid;
    expect(isGoneProcess(named(ended))).toBe(true);
  });

  it('tells of no process that lives, nor of one whose ids come from elsewhere', () => {
    expect(isGoneProcess(newProcessName('a'))).toBe(false);
    const ended = spawnSync(process.execPath, ['-e', '0']).pid;
    const elsewhere = named(ended).replace(/-[0-9a-f]{12}-/, '-0123456789ab-');
    expect(isGoneProcess(elsewhere)).toBe(false);
    expect(isGoneProcess('millrace-host-77-0a1b2c3d')).toBe(false);
  });
});
