import { CommanderError } from 'commander';
import { messageOf } from '../core/errors';
import { processIo, type CommandIo } from './command-io';
import { EXIT, exitCodeOf } from './exit-codes';
import { program } from './program';

/** Runs a command line. Never throws; `undefined` when the command keeps running (`start`). */
export async function main(argv: readonly string[], io: CommandIo = processIo): Promise<number | undefined> {
  let exitCode: number | undefined = EXIT.done;
  try {
    await program(io, (code) => (exitCode = code)).parseAsync(argv);
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
    const code = exitCodeOf(thrown);
    io.err(code === undefined && thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown));
    return code ?? EXIT.checkFailed;
  }
}
