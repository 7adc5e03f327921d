// Runs alone in a network namespace, where nothing but its loopback is: `node namespace-agent.mjs FOLDER HTTP_PORT NAME=PORT...`.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

const [folder, httpPort, ...servers] = process.argv.slice(2);

execFileSync('ip', ['link', 'set', 'lo', 'up']);
for (const server of servers) {
  const [name, port] = server.split('=');
  await forward({ host: '127.0.0.1', port: Number(port) }, { path: join(folder, `${name}.sock`) });
}
const http = join(folder, 'http.sock');
rmSync(http, { force: true });
await forward({ path: http }, { host: '127.0.0.1', port: Number(httpPort) });
console.log('ready');
// The runner holds the other end: when it is gone, this goes too.
process.stdin.resume().on('end', () => process.exit());

/** Files are seen from every namespace, ports from their own alone. */
function forward(from, to) {
  return new Promise((resolve, reject) => {
    const server = createServer((near) => {
      const far = connect(to);
      near.pipe(far).pipe(near);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ]) {
        one.on('error', () => {});
        one.on('close', () => other.destroy());
      }
    });
    server.on('error', reject);
    server.listen(from, resolve);
  });
}
