import { parseAllDocuments } from 'yaml';
import { at } from '../../../scripts/project.mjs';
import { mustRun, run } from '../../../stack/run.mjs';
import { customResources } from '../../check/schemas.mjs';
import { write } from '../cluster/places.mjs';

const PRODUCTION = at('k8s', 'overlays', 'prod');
const TIMEOUT_MS = 120_000;
const SERVER_SIDE = ['--dry-run=server', '--validate=strict'];
/** Of KEDA and of the Prometheus operator. */
const CUSTOM = ['ScaledObject', 'TriggerAuthentication', 'ServiceMonitor', 'PrometheusRule'];

/** The migration Job's name ends with the version, which has dots. Its pod's host name, which they are about, is used by nobody. */
const JOB_WARNING = 'Warning: metadata.name: this is used in Pod names and hostnames';

/** Mistakes that only a server with the right definitions finds: the kind, what is done to it, and what must be said. */
const MISTAKES = [
  ['Deployment', ({ spec }) => (spec.replicaz = 3), /unknown field "spec\.replicaz"/],
  ['ScaledObject', ({ spec }) => (spec.minReplicaCountz = 3), /unknown field "spec\.minReplicaCountz"/],
  ['ScaledObject', ({ spec }) => (spec.triggers = 'lag'), /spec\.triggers.*must be of type array/],
  ['ServiceMonitor', ({ spec }) => (spec.endpoints[0].interval = '15seconds'), /spec\.endpoints\[0\]\.interval/],
  ['PrometheusRule', ({ spec }) => (spec.groups[0].rulez = []), /unknown field "spec\.groups\[0\]\.rulez"/],
];

/**
 * The production overlay with both components passes the API server's own checks, in its own namespace and with the definitions of
 * KEDA and the Prometheus operator in force; nothing of it is kept.
 */
export async function productionIsAccepted() {
  const crds = await customResources();
  const list = { apiVersion: 'v1', kind: 'List', items: crds };
  await kubectl('apply', '--server-side', '-f', write('crds.json', JSON.stringify(list)));
  await kubectl('wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s');
  // A dry run keeps no namespace, and the rest has to be in one. Its labels say what Pod Security enforces.
  await kubectl('apply', '-f', `${PRODUCTION}/namespace.yaml`);
  const objects = await production();
  const missing = CUSTOM.filter((kind) => !objects.some((object) => object.kind === kind));
  if (missing.length > 0) throw new Error(`the overlay has no ${missing.join(', ')}`);
  const output = await kubectl('apply', '-k', PRODUCTION, ...SERVER_SIDE);
  const lines = output.trim().split('\n');
  const accepted = lines.filter((line) => / (created|configured|unchanged) \(server dry run\)$/.test(line));
  const others = lines.filter((line) => !accepted.includes(line) && !line.includes(JOB_WARNING));
  if (others.length > 0 || accepted.length !== objects.length) throw new Error([...others, '', output].join('\n'));
  return `${accepted.length} objects of ${new Set(objects.map(({ kind }) => kind)).size} kinds, with ${CUSTOM.join(', ')}`;
}

/** The definitions are in force: the same objects with a mistake are refused, each for its own reason. */
export async function mistakesAreRefused() {
  const objects = await production();
  for (const [index, [kind, spoil, reason]] of MISTAKES.entries()) {
    const object = structuredClone(objects.find((candidate) => candidate.kind === kind));
    spoil(object);
    const file = write(`mistake-${index}.json`, JSON.stringify(object));
    const { code, output } = await run('kubectl', ['apply', '-f', file, ...SERVER_SIDE], { timeoutMs: TIMEOUT_MS });
    if (code === 0 || !reason.test(output)) throw new Error(`${kind} with a mistake: ${output}`);
  }
  return `${MISTAKES.length} mistakes, ${MISTAKES.length} refused`;
}

async function production() {
  return parseAllDocuments(await kubectl('kustomize', PRODUCTION)).map((document) => document.toJS());
}

/** Without a namespace: the overlay has its own. */
function kubectl(...args) {
  return mustRun('kubectl', args, { timeoutMs: TIMEOUT_MS });
}
