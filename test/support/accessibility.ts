import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

interface AxeResult {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
  }[];
}

/**
 * What axe-core finds wrong with a page as it is now, by all its rules for WCAG 2.2 A and AA and its best practices: one
 * text for each place. The page's own policy does not keep the test's script out.
 */
export function violationsOf(page: Page): Promise<readonly string[]> {
  return violations(page, 'axe.run(document)');
}

/** Of the same, what colours alone can be wrong with. */
export function contrastViolationsOf(page: Page): Promise<readonly string[]> {
  return violations(page, 'axe.run(document, { runOnly: ["color-contrast", "link-in-text-block"] })');
}

async function violations(page: Page, run: string): Promise<readonly string[]> {
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResult>(run);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help}: ${target.join(' ')}: ${failureSummary}`),
  );
}
