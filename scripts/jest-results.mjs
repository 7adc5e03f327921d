import { existsSync, readFileSync } from 'node:fs';

/**
 * Counts of a jest run. A suite that could not run counts as a failure; so do a missing result
 * file, a run without any test, and an exit code that no counted failure explains.
 *
 * @returns {{ passed: number, failed: number, reason?: string }}
 */
export function countsOf(resultFile, exitCode) {
  if (!existsSync(resultFile))
    return { passed: 0, failed: 1, reason: `jest ended with ${exitCode} and left no results` };
  const results = JSON.parse(readFileSync(resultFile, 'utf8'));
  const passed = results.numPassedTests;
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  if (failed > 0) return { passed, failed };
  if (passed === 0) return { passed, failed: 1, reason: 'no test ran' };
  if (exitCode !== 0 || !results.success) return { passed, failed: 1, reason: `jest ended with ${exitCode}` };
  return { passed, failed: 0 };
}
