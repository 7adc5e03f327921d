import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { at } from '../../scripts/project.mjs';

const RULES = at('observability', 'rules');
export const COMPONENT = at('k8s', 'components', 'prometheus-operator', 'rules.yaml');

/** The PrometheusRule that holds every group of observability/rules, as text. */
export function rulesComponent() {
  const files = existsSync(RULES)
    ? readdirSync(RULES)
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
    : [];
  const groups = files.flatMap((name) => parse(readFileSync(join(RULES, name), 'utf8')).groups);
  const rule = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'millrace', labels: { 'app.kubernetes.io/name': 'millrace' } },
    spec: { groups },
  };
  return `# Generated from observability/rules by npm run k8s:rules\n${stringify(rule, { lineWidth: 0 })}`;
}

/** Whether what is in the repository is what the rules say. */
export function isFresh() {
  return existsSync(COMPONENT) && readFileSync(COMPONENT, 'utf8') === rulesComponent();
}
