import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** An abort signal that fires at the first SIGINT, SIGTERM or SIGHUP; its reason carries `signalName`. */
export function interruption() {
  const controller = new AbortController();
  for (const signalName of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signalName, () => controller.abort(new Interrupted(signalName)));
  }
  return controller.signal;
}

class Interrupted extends Error {
  constructor(signalName) {
    super(`stopped by ${signalName}`);
    this.signalName = signalName;
    this.exitCode = 128 + constants.signals[signalName];
  }
}

/**
 * Runs a command on our own terminal and resolves with its exit code, 128 + n for signal n. An
 * interruption is passed on to it and its end is waited for; at `timeoutMs`, or when the abort
 * signal `cutOff` fires, it is killed.
 */
export function runForeground(command, args, { cwd, env, interrupt, timeoutMs, cutOff } = {}) {
  interrupt?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stdio = 'inherit';
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio });
    const passOn = () => child.kill(interrupt.reason.signalName);
    const kill = () => child.kill('SIGKILL');
    cutOff?.addEventListener('abort', kill, { once: true });
    interrupt?.addEventListener('abort', passOn, { once: true });
    const timer = timeoutMs && setTimeout(kill, timeoutMs);
    const settle = (act) => {
      clearTimeout(timer);
      cutOff?.removeEventListener('abort', kill);
      interrupt?.removeEventListener('abort', passOn);
      act();
    };
    child.on('error', (error) => settle(() => reject(error)));
    child.on('exit', (code, signalName) => settle(() => resolve(code ?? 128 + constants.signals[signalName])));
  });
}

/** The same for a command that has to succeed. */
export async function mustRunForeground(command, args, options) {
  const code = await runForeground(command, args, options);
  options?.interrupt?.throwIfAborted();
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`);
}
