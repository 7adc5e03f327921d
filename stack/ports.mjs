import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import net from 'node:net';

/**
 * Throws, naming the process where it can be seen, when one of `ports` is taken.
 * To be asked only for servers of ours that do not run: whoever holds the port is then foreign.
 */
export async function assertFree(server, ports) {
  for (const port of ports) {
    if (await isFree(port)) continue;
    throw new Error(`${server}: port ${port} is taken by ${holderOf(port)}; stop it, then try again`);
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1' }, () => probe.close(() => resolve(true)));
  });
}

function holderOf(port) {
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port));
  const pid = inodes.length > 0 ? processWith(inodes) : undefined;
  if (!pid) return 'another process';
  const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ').trim();
  return `process ${pid} (${command.slice(0, 120)})`;
}

/** Columns of /proc/net/tcp: 1 is local address:port in hex, 3 the state (0A listens), 9 the inode. */
function listeningInodes(table, port) {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return attempt(() => readFileSync(table, 'utf8'), '')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[3] === '0A' && columns[1].endsWith(`:${hexPort}`))
    .map((columns) => columns[9]);
}

function processWith(inodes) {
  const wanted = new Set(inodes.map((inode) => `socket:[${inode}]`));
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.find((pid) =>
    attempt(() => readdirSync(`/proc/${pid}/fd`), []).some((fd) =>
      wanted.has(attempt(() => readlinkSync(`/proc/${pid}/fd/${fd}`), '')),
    ),
  );
}

/** A process may end, or belong to another user, while we look. */
function attempt(read, otherwise) {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
