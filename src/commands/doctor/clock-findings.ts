import { type Finding, ok, warning, wrong } from './finding';

/** The clock decides when a silent partition is idle, and when a deployment began: right to a second is enough. */
const TOLERATED_MS = 1_000;
/** Beyond `idleAfter` as it is by default, a partition may be called idle that is not. */
const HARMFUL_MS = 60_000;

/** By how much the clock of a server is ahead of the one of this machine, ms. */
export function clockFinding(server: string, aheadMs: number): Finding {
  const subject = `${server} clock`;
  const seconds = (Math.abs(aheadMs) / 1000).toFixed(1);
  const text = `the clocks of ${server} and of this machine are ${seconds} s apart (${server} is ${aheadMs > 0 ? 'ahead' : 'behind'})`;
  const remedy = 'let both follow a time server: chronyc tracking, or timedatectl, shows whether they do';
  if (Math.abs(aheadMs) <= TOLERATED_MS) return ok(subject, 'goes with the one of this machine');
  return Math.abs(aheadMs) <= HARMFUL_MS ? warning(subject, text, remedy) : wrong(subject, text, remedy);
}
