#!/usr/bin/env node
// First, because it is of use to what is loaded after it.
import './compile-cache';
import { main } from './commands/main';

// kafkajs 2.2.4 sets timers to instants instead of spans; Node 24 would tell every user once.
const emitWarning = process.emitWarning.bind(process) as (...warning: unknown[]) => void;
process.emitWarning = (...warning: unknown[]) => {
  if (!warning.includes('TimeoutNegativeWarning')) emitWarning(...warning);
};

// `millrace schema | head`: whoever read our lines has had enough of them.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void main(process.argv).then((exitCode) => {
  // `undefined`: the service runs on; its own shutdown sets the code.
  if (exitCode !== undefined) process.exitCode = exitCode;
});
