import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compose, dockerAnswers } from './docker.mjs';
import { withLock } from './lock.mjs';
import { native, servers } from './native.mjs';
export { nodetool } from './nodetool.mjs';
import { placeOf, runningPid } from './process.mjs';
import { profileOf } from './profiles.mjs';

/**
 * Real Kafka, Redis, Cassandra and a schema registry for a profile, `dev` or `test`. Commands on one profile run one
 * after the other, whoever starts them.
 *
 * @typedef {{ log?: (line: string) => void, signal?: AbortSignal, fresh?: boolean }} Options
 */

/**
 * Resolves when all of them answer in their own protocols. What already runs is left alone; the test
 * profile starts from empty data unless all of them run. Rejects with the reason of each failure.
 *
 * @param {Options} [options]
 */
export function up(profileName, options = {}) {
  return exclusive(profileName, options, async (profile, context) => {
    if (!(await usesDocker(profile))) return native.up(profile, context);
    mkdirSync(profile.folder, { recursive: true });
    writeFileSync(dockerMark(profile), '');
    await compose.up(context.signal);
  });
}

/** Stops the servers and keeps their data. Never touches a process that was not started here. */
export function down(profileName, options = {}) {
  return exclusive(profileName, options, async (profile) => {
    if (inDocker(profile)) {
      await compose.down();
      rmSync(dockerMark(profile));
    }
    await native.down(profile);
  });
}

/** Down, data gone, up. */
export async function reset(profileName, options = {}) {
  await exclusive(profileName, options, (profile) => (inDocker(profile) ? compose.wipe() : native.wipe(profile)));
  await up(profileName, options);
}

/** Starts one server, with its data, and resolves when it answers. With `fresh`, rejects when it runs already. */
export function start(profileName, server, options = {}) {
  return exclusive(profileName, options, (profile, context) =>
    inDocker(profile) ? compose.start(known(server)) : native.start(profile, known(server), context),
  );
}

/** Stops one server in an orderly way and starts it again with its data; starts it when it is dead. */
export function restart(profileName, server, options = {}) {
  return exclusive(profileName, options, (profile, context) =>
    inDocker(profile) ? compose.restart(known(server)) : native.restart(profile, known(server), context),
  );
}

/**
 * Sends a signal to one server: SIGKILL for a crash, SIGSTOP and SIGCONT for a pause. Resolves,
 * after SIGKILL and SIGTERM when it is gone, with whether there was a server to signal.
 */
export async function kill(profileName, server, signalName = 'SIGKILL') {
  const profile = profileOf(profileName);
  if (!inDocker(profile)) return native.kill(profile, known(server), signalName);
  await compose.kill(known(server), signalName);
  return true;
}

/** @returns one entry per server: `answers` by its protocol, and the pid if the process is ours. */
export function status(profileName) {
  const profile = profileOf(profileName);
  return Promise.all(
    Object.values(servers).map(async (server) => {
      const place = placeOf(profile, server.name);
      const answers = await server.answers(profile.ports).catch(() => false);
      const pid = runningPid(place);
      const log = inDocker(profile) ? 'docker compose logs' : place.log;
      return { name: server.name, answers, pid, address: server.addressOf(profile.ports), log };
    }),
  );
}

/** Where clients find the servers of a profile, whether they run or not. */
export function addresses(profileName) {
  const { ports } = profileOf(profileName);
  return Object.fromEntries(Object.values(servers).map((server) => [server.name, server.addressOf(ports)]));
}

function exclusive(profileName, { log = () => {}, signal, fresh = false }, work) {
  const profile = profileOf(profileName);
  return withLock(join(profile.folder, 'lock'), () => work(profile, { log, signal, fresh }), { signal });
}

function known(server) {
  if (servers[server]) return server;
  throw new Error(`unknown server '${server}': use one of ${Object.keys(servers).join(', ')}`);
}

async function usesDocker(profile) {
  if (profile.name !== 'dev' || process.env.MILLRACE_STACK === 'native') return false;
  return inDocker(profile) || dockerAnswers();
}

const dockerMark = (profile) => join(profile.folder, 'in-docker');
const inDocker = (profile) => existsSync(dockerMark(profile));
