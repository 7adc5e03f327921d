/**
 * Checks of kube-score that do not hold for us, with the reason, and the target where they do not. Everything else that it finds is a
 * failure, and so is a waiver that waives nothing any more.
 */
const DEV = 'k8s/overlays/dev';
const PROD = 'k8s/overlays/prod';

export const WAIVERS = [
  {
    check: 'container-resources',
    why: 'no CPU limit: it would throttle a processor in the middle of a checkpoint; the request shares out the CPU',
  },
  {
    check: 'deployment-has-host-podantiaffinity',
    why: 'topology spread constraints do it, by zone and host, each role and roll-out by itself',
  },
  { check: 'container-image-pull-policy', why: 'images have versions: a node that has one need not ask for it again' },
  {
    check: 'container-security-context-user-group-id',
    target: DEV,
    why: 'the ids of the servers are their images’ own',
  },
  {
    check: 'container-security-context-readonlyrootfilesystem',
    target: DEV,
    why: 'the images of Kafka and Cassandra write their configuration beside their programs',
  },
  { check: 'pod-probes', target: DEV, why: 'no liveness probe of a server: it would restart one that is only busy' },
  {
    check: 'horizontalpodautoscaler-replicas',
    target: DEV,
    why: 'one pod of each role leaves room on a small machine',
  },
  { check: 'deployment-replicas', target: PROD, why: 'KEDA has the number of processors' },
];

export function isWaived(check, target) {
  return WAIVERS.some((waiver) => waives(waiver, check, target));
}

/** Those that none of the findings, each with its `check` and `target`, needs. */
export function unusedWaivers(findings) {
  return WAIVERS.filter((waiver) => !findings.some(({ check, target }) => waives(waiver, check, target)));
}

function waives(waiver, check, target) {
  return waiver.check === check && (waiver.target === undefined || waiver.target === target);
}
