import { readFileSync } from 'node:fs';
import { at } from '../../../scripts/project.mjs';
import { haveReady, kubectl, NAMESPACE, rolledOut, ROLES, tryKubectl, urlOf } from '../kubectl.mjs';
import { Readings } from '../readings.mjs';
import { deploy } from '../overlay.mjs';
import { rowsAreRight } from '../rows.mjs';
import { write } from '../cluster/places.mjs';

/** What later scenarios deploy: one pipeline is enough to lose rows with. */
export const DAILY = { 'air-quality-daily.yaml': readFileSync(at('pipelines', 'air-quality-daily.yaml'), 'utf8') };

/** From an empty cluster to rows in Cassandra by one command. */
export async function fromNothingToRows(world) {
  const begin = Date.now();
  const since = () => `${((Date.now() - begin) / 1000).toFixed(0)} s`;
  await kubectl('apply', '-k', at('k8s', 'overlays', 'dev'));
  await rolledOut('600s');
  await kubectl('wait', '--for=condition=Complete', 'job', '--all', '--timeout=300s');
  const ready = since();
  world.readings = new Readings(await urlOf('millrace-ingest'));
  for (let hour = 0; hour < 48; hour += 1) await world.readings.sendHour();
  const rows = await rowsAreRight(world.readings);
  return `all ready after ${ready}, ${rows}: ${since()} in all; the shipped pipelines and feeds run`;
}

/** The same command again, and a Job that has done its work, are no trouble. */
export async function applyAgain() {
  const output = await kubectl('apply', '-k', at('k8s', 'overlays', 'dev'));
  const changed = output.split('\n').filter((line) => line && !/^Warning: |(unchanged|configured)$/.test(line));
  if (changed.length > 0) throw new Error(changed.join('\n'));
  await kubectl('delete', 'job', '--all');
  await kubectl('apply', '-k', at('k8s', 'overlays', 'dev'));
  await kubectl('wait', '--for=condition=Complete', 'job', '--all', '--timeout=120s');
  return (await kubectl('logs', '-l', 'app.kubernetes.io/component=migrate', '--tail=1')).trim();
}

/** The namespace enforces Pod Security restricted, and our pods run in it. */
export async function restrictedHolds() {
  const spec = { containers: [{ name: 'root', image: 'millrace:0.1.0', securityContext: { runAsUser: 0 } }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'root', namespace: NAMESPACE }, spec };
  const { code, output } = await tryKubectl('apply', '-f', write('root.json', JSON.stringify(pod)));
  if (code === 0 || !/violates PodSecurity "restricted/.test(output))
    throw new Error(`a root pod was let in: ${output}`);
  const probe =
    "let is='writable';try{require('fs').writeFileSync('/app/x','')}catch(e){is=e.code}console.log(process.getuid(),is)";
  const said = [];
  for (const role of ROLES) {
    const answer = await kubectl('exec', `deployment/millrace-${role}`, '--', 'node', '-e', probe);
    if (answer.trim() !== '10001 EROFS') throw new Error(`${role}: ${answer}`);
    said.push(role);
  }
  return `a pod of root is refused; ${said.join(', ')} run as 10001 on a file system that is read-only`;
}

/** Leaves one pipeline, so that what follows is about the cluster and not about twenty-seven pipelines on a small machine. */
export async function onePipeline() {
  await deploy({ pipelines: DAILY });
  await rolledOut();
  for (const role of ROLES) await haveReady(role, 1);
  return 'only air-quality-daily runs';
}
