import { ConfigError, FatalError, TransientError } from '../core/errors';

/** What a command's exit code says; `interface.md` section 2. */
export const EXIT = { done: 0, checkFailed: 1, wrongUse: 2, unreachable: 3 } as const;

/** The exit code for what ended a command; `undefined` for a bug, whose stack must be shown. */
export function exitCodeOf(thrown: unknown): number | undefined {
  if (thrown instanceof ConfigError) return EXIT.wrongUse;
  if (thrown instanceof TransientError) return EXIT.unreachable;
  if (thrown instanceof FatalError) return EXIT.checkFailed;
  return undefined;
}
