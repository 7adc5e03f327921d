import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { at as inProject } from '../../scripts/project.mjs';
import { at } from './cluster/places.mjs';
import { kubectl, NAMESPACE } from './kubectl.mjs';

const FOLDER = 'overlay';

/**
 * Applies the dev overlay with some of its ConfigMaps changed, as one would deploy: the pipelines by file name and text, and
 * settings. The feeds are left out, as the world that they ask cannot be reached.
 */
export async function deploy({ pipelines, settings = {} }) {
  rmSync(at(FOLDER), { recursive: true, force: true });
  mkdirSync(at(FOLDER), { recursive: true });
  for (const [name, text] of Object.entries(pipelines)) writeFileSync(join(at(FOLDER), name), text);
  const generated = (name, behavior, content) => ({ name, namespace: NAMESPACE, behavior, ...content });
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [relative(at(FOLDER), inProject('k8s', 'overlays', 'dev'))],
    configMapGenerator: [
      generated('millrace-pipelines', 'replace', { files: Object.keys(pipelines) }),
      generated('millrace-feeds', 'replace', { literals: ['none='] }),
      generated('millrace-config', 'merge', {
        literals: Object.entries({ MILLRACE_LOG_LEVEL: 'info', ...settings }).map((pair) => pair.join('=')),
      }),
    ],
  };
  writeFileSync(join(at(FOLDER), 'kustomization.yaml'), JSON.stringify(kustomization));
  return kubectl('apply', '-k', at(FOLDER));
}
