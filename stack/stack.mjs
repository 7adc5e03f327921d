#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { down, reset, status, up } from './index.mjs';

const USAGE = 'usage: stack.mjs up|down|status|reset [--profile dev|test]';
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

/** Prints the state of each server; 0 only when all three answer. */
async function table(profile) {
  const rows = await status(profile);
  console.log(`${'server'.padEnd(11)}${'state'.padEnd(12)}${'pid'.padEnd(9)}${'address'.padEnd(25)}log`);
  for (const { name, answers, pid, address, log: file } of rows) {
    console.log(
      `${name.padEnd(11)}${stateOf(answers, pid).padEnd(12)}${String(pid ?? '-').padEnd(9)}${address.padEnd(25)}${file}`,
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
    options: { profile: { type: 'string', default: 'dev' } },
  });
  const command = commands[positionals[0]];
  if (!command || positionals.length !== 1) throw new Error(USAGE);
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => interrupt.abort(new Error(`stopped by ${name}`)));
  return command(values.profile, interrupt.signal);
}

main().then(
  (code) => (process.exitCode = code),
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
