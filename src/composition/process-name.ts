import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { pid } from 'node:process';

/** Of names made here: the space of process ids, the process id, a random part. */
const NAME = /-([0-9a-f]{12})-(\d+)-[0-9a-f]{8}$/;

/** Unlike that of every other process, also of one with the same host and process id in another container. */
export function newProcessName(clientId: string): string {
  const parts = [clientId, hostname(), pidSpace(), pid, randomUUID().slice(0, 8)];
  return parts.join('-').replace(/[^A-Za-z0-9._-]/g, '-');
}

/** True when the name tells that the process had its id from the same kernel as this one, and no process has that id. */
export function isGoneProcess(name: string): boolean {
  const [, space, id] = NAME.exec(name) ?? [];
  return space !== undefined && space === pidSpace() && !isAlive(Number(id));
}

/** The same for two processes if, and only if, process ids mean the same to both: one boot, one container. */
function pidSpace(): string {
  return createHash('sha256').update(`${bootId()} ${pidNamespace()}`).digest('hex').slice(0, 12);
}

/** Elsewhere than on Linux nothing is told of others: each process is alone. */
const ALONE = randomUUID();

function bootId(): string {
  return readOr(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
}

function pidNamespace(): string {
  return readOr(() => readlinkSync('/proc/self/ns/pid'));
}

function readOr(read: () => string): string {
  try {
    return read();
  } catch {
    return ALONE;
  }
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // EPERM: there is one, of another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
