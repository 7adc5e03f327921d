#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { down, kill, reset, restart, start, status, up } from './index.mjs';

const USAGE = [
  'usage: stack.mjs up|down|status|reset [--profile dev|test]',
  '       stack.mjs start|restart|kill kafka|redis|cassandra|schema-registry [--profile dev|test] [--signal SIGKILL] [--fresh]',
].join('\n');
const log = (line) => console.log(line);

const commands = {
  up: async (profile, signal) => {
    await up(profile, { log, signal });
    return table(profile);
  },
  down: async (profile) => {
    await down(profile, { log });
    return 0;
  },
  reset: async (profile, signal) => {
    await reset(profile, { log, signal });
    return table(profile);
  },
  status: (profile) => table(profile),
};

/** Those that act on one server. */
const serverCommands = {
  start: (profile, server, { signal, fresh }) => start(profile, server, { log, signal, fresh }),
  restart: (profile, server, { signal }) => restart(profile, server, { log, signal }),
  kill: (profile, server, { signalName }) => kill(profile, server, signalName),
};

/** Prints the state of each server; 0 only when all of them answer. */
async function table(profile) {
  const rows = await status(profile);
  console.log(`${'server'.padEnd(17)}${'state'.padEnd(12)}${'pid'.padEnd(9)}${'address'.padEnd(41)}log`);
  for (const { name, answers, pid, address, log: file } of rows) {
    console.log(
      `${name.padEnd(17)}${stateOf(answers, pid).padEnd(12)}${String(pid ?? '-').padEnd(9)}${address.padEnd(41)}${file}`,
    );
  }
  return rows.every(({ answers }) => answers) ? 0 : 1;
}

function stateOf(answers, pid) {
  if (answers) return pid ? 'up' : 'up';
  return pid ? 'no answer' : 'down';
}

async function main() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      profile: { type: 'string', default: 'dev' },
      signal: { type: 'string', default: 'SIGKILL' },
      fresh: { type: 'boolean', default: false },
    },
  });
  const [name, server, ...rest] = positionals;
  const takesServer = name in serverCommands;
  if (!(takesServer || commands[name]) || takesServer !== (server !== undefined) || rest.length > 0)
    throw new Error(USAGE);
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => interrupt.abort(new Error(`stopped by ${name}`)));
  const { signal } = interrupt;
  if (!takesServer) return commands[name](values.profile, signal);
  await serverCommands[name](values.profile, server, { signal, signalName: values.signal, fresh: values.fresh });
  return 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
