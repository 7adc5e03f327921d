import { rmSync } from 'node:fs';
import { cassandra } from './cassandra/cassandra.mjs';
import { kafka } from './kafka/kafka.mjs';
import { assertFree } from './ports.mjs';
import { placeOf, runningPid, signal as sendSignal, startDetached, stop, tailOf } from './process.mjs';
import { redis } from './redis/redis.mjs';
import { schemaRegistry } from './schema-registry/schema-registry.mjs';
import { until } from './wait.mjs';

/** What each server is: its ports, its probe, how it is prepared, started and set up. */
export const servers = { kafka, redis, cassandra, 'schema-registry': schemaRegistry };

/** The servers as processes of this machine. Every function acts on processes of ours alone. */
export const native = {
  async up(profile, context) {
    const all = Object.values(servers);
    if (profile.disposable && !(await allRun(profile))) await native.wipe(profile);
    const outcomes = await Promise.allSettled(all.map((server) => start(profile, server, context)));
    const failures = outcomes.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
    if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('\n'));
  },

  async down(profile) {
    await Promise.all(Object.keys(servers).map((name) => stop(placeOf(profile, name))));
  },

  async wipe(profile) {
    await native.down(profile);
    for (const name of Object.keys(servers)) rmSync(placeOf(profile, name).folder, { recursive: true, force: true });
  },

  start: (profile, name, context) => start(profile, servers[name], context),

  async restart(profile, name, context) {
    await stop(placeOf(profile, name));
    await start(profile, servers[name], context);
  },

  kill: (profile, name, signalName) => sendSignal(placeOf(profile, name), signalName),
};

async function allRun(profile) {
  return Object.keys(servers).every((name) => runningPid(placeOf(profile, name)) !== undefined);
}

/**
 * Does nothing but wait when the server runs; resolves when it answers in its own protocol. With `context.fresh` it
 * refuses a server that runs: somebody else counts on it.
 */
async function start(profile, server, context) {
  const place = placeOf(profile, server.name);
  const begin = Date.now();
  const pid = runningPid(place);
  if (pid !== undefined && context.fresh) {
    throw new Error(
      `${server.name} runs already, as process ${pid} of ${profile.folder}, and may be in use: stop it first`,
    );
  }
  if (pid === undefined) {
    const parts = await server.prepare(context);
    await assertFree(server.name, server.portsOf(profile.ports));
    startDetached(place, await server.command(parts, { place, ports: profile.ports }));
  }
  await answered(profile, server, context);
  await server.setUp?.(profile.ports);
  context.log(
    `${server.name}: up at ${server.addressOf(profile.ports)} after ${((Date.now() - begin) / 1000).toFixed(1)} s`,
  );
}

/** A server that ends while it is waited for fails at once, not at the deadline. */
async function answered(profile, server, { signal }) {
  const place = placeOf(profile, server.name);
  const outcome = await until(
    async () => (runningPid(place) === undefined ? 'ended' : (await server.answers(profile.ports)) && 'up'),
    { deadlineMs: server.readyMs, signal },
  );
  if (outcome === 'up') return;
  const reason = outcome === 'ended' ? 'ended while starting' : `gave no answer within ${server.readyMs / 1000} s`;
  throw new Error(`${server.name} ${reason}; the end of ${place.log}:\n${tailOf(place)}`);
}
