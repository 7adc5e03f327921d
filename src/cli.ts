#!/usr/bin/env node
import { main } from './commands/main';

void main(process.argv).then((exitCode) => {
  // `undefined`: the service runs on; its own shutdown sets the code.
  if (exitCode !== undefined) process.exitCode = exitCode;
});
