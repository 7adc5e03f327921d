import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The unit of /proc's CPU times on every Linux of today. */
const TICKS_PER_SECOND = 100;

/** CPU seconds (user and system, all threads) that a process has used, or undefined when it is gone. */
export function cpuSecondsOf(pid) {
  const text = readOrUndefined(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The greatest resident memory that a process has had, in MB, or undefined when it is gone. */
export function peakMegabytesOf(pid) {
  const line = readOrUndefined(`/proc/${pid}/status`)?.match(/^VmHWM:\s+(\d+) kB/m);
  return line ? Number(line[1]) / 1024 : undefined;
}

/** CPU seconds that the whole machine has been busy: user, nice, system, interrupts. */
export function machineBusySeconds() {
  const fields = readFileSync('/proc/stat', 'latin1').split('\n')[0].split(/\s+/).slice(1).map(Number);
  const [user, nice, system, , , irq, softirq] = fields;
  return (user + nice + system + irq + softirq) / TICKS_PER_SECOND;
}

/** The pid of the process of this machine that listens on a TCP port; undefined in a container or another user's. */
export function pidListeningOn(port) {
  const sockets = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningInodes(file, port));
  const links = new Set(sockets.map((inode) => `socket:[${inode}]`));
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => holdsOneOf(pid, links));
}

function listeningInodes(file, port) {
  const LISTEN = '0A';
  const rows = (readOrUndefined(file) ?? '')
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/));
  return rows.filter((row) => row[3] === LISTEN && parseInt(row[1].split(':')[1], 16) === port).map((row) => row[9]);
}

function holdsOneOf(pid, links) {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => links.has(readlinkSync(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false;
  }
}

function readOrUndefined(file) {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return undefined;
  }
}
