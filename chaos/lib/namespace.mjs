import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Link } from './link.mjs';

const AGENT = fileURLToPath(new URL('namespace-agent.mjs', import.meta.url));
const HTTP_PORT = 3000;

/** Whether this user may make network namespaces here, and the programs for it are there. */
export function namespacesWork() {
  const answers = (command, args) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  return answers('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']) && answers('nsenter', ['--version']);
}

/**
 * A network of its own for one replica. The servers are at their usual addresses in it, through links that can be cut one
 * by one; the replica's HTTP port is the socket file `http`.
 */
export class Namespace {
  /** @param {Record<string, number>} ports by server */
  static async open(folder, ports) {
    mkdirSync(folder, { recursive: true });
    const links = Object.fromEntries(
      Object.entries(ports).map(([name, port]) => [name, new Link(join(folder, `${name}.sock`), port)]),
    );
    await Promise.all(Object.values(links).map((link) => link.open()));
    const servers = Object.entries(ports).map(([name, port]) => `${name}=${port}`);
    const args = ['-n', process.execPath, AGENT, folder, String(HTTP_PORT), ...servers];
    const agent = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve, reject) => {
      createInterface({ input: agent.stdout }).once('line', resolve);
      agent.once('exit', (code) => reject(new Error(`no network namespace: unshare ended with ${code}`)));
    });
    return new Namespace(links, agent, join(folder, 'http.sock'));
  }

  constructor(links, agent, httpSocket) {
    Object.assign(this, { links, agent, http: { socketPath: httpSocket }, port: HTTP_PORT });
  }

  /** The command that runs in here; it takes the place of nsenter, so that its process id is the child's. */
  wrap(command, args) {
    return ['nsenter', ['-t', String(this.agent.pid), '-n', command, ...args]];
  }

  close() {
    this.agent.stdin.end();
    for (const link of Object.values(this.links)) link.close();
  }
}

/** The machine's own network, where there are no namespaces: nothing can be cut. */
export class SharedNetwork {
  links = undefined;

  constructor(port) {
    Object.assign(this, { port, http: { host: '127.0.0.1', port } });
  }

  wrap(command, args) {
    return [command, args];
  }

  close() {}
}
