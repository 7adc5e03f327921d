import { programFromDebian, stopDebianService } from '../../stack/apt.mjs';
import { onPath } from '../../stack/run.mjs';

/** The path of Prometheus, beside which promtool is; installed once from Debian's package. */
export async function prometheusProgram(options) {
  const wasPresent = onPath('prometheus');
  const program = await programFromDebian(['prometheus'], 'prometheus', options);
  if (!wasPresent) await stopDebianService('prometheus');
  return program;
}
