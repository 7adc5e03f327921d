/**
 * What holds for every object of ours beside its schema. Each rule takes the objects of one rendered overlay and returns a line
 * for each that breaks it.
 */

const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'];
/** From SIGTERM to the end of the process, beside MILLRACE_SHUTDOWN_TIMEOUT: src/composition/end-on-signal.ts. */
const CLOSE_SECONDS = 4;

const nameOf = ({ kind, metadata }) => `${kind} ${metadata.name}`;
const workloads = (objects) => objects.filter(({ kind }) => WORKLOADS.includes(kind));
const containersOf = ({ spec }) => {
  const pod = spec.template.spec;
  return [...(pod.initContainers ?? []), ...pod.containers];
};

/** An image whose content may change under the same name is none to roll back to. */
export function isPinned(image) {
  if (image.includes('@')) return /@sha256:[0-9a-f]{64}$/.test(image);
  const tag = /:([\w][\w.-]*)$/.exec(image)?.[1];
  return tag !== undefined && tag !== 'latest' && /\d/.test(tag);
}

export function imagesArePinned(objects) {
  return workloads(objects).flatMap((workload) =>
    containersOf(workload)
      .filter(({ image }) => !isPinned(image))
      .map(({ image }) => `${nameOf(workload)}: image ${image} has neither a version nor a digest`),
  );
}

/** The rules of Pod Security `restricted` that a template can break. */
export function podsAreRestricted(objects) {
  return workloads(objects).flatMap((workload) => {
    const pod = workload.spec.template.spec;
    const shared = pod.securityContext ?? {};
    const ofPod = ['hostNetwork', 'hostPID', 'hostIPC'].filter((field) => pod[field]).map((field) => `${field} is on`);
    const volumes = (pod.volumes ?? []).filter(({ hostPath }) => hostPath).map(({ name }) => `${name} is a hostPath`);
    const ofContainers = containersOf(workload).flatMap((container) => {
      const own = { ...shared, ...container.securityContext };
      return [
        own.runAsNonRoot === true || 'runAsNonRoot is not true',
        own.runAsUser !== 0 || 'runAsUser is 0',
        own.allowPrivilegeEscalation === false || 'allowPrivilegeEscalation is not false',
        own.privileged !== true || 'privileged',
        own.capabilities?.drop?.includes('ALL') === true || 'capabilities are not dropped',
        (own.capabilities?.add ?? []).length === 0 || 'capabilities are added',
        ['RuntimeDefault', 'Localhost'].includes(own.seccompProfile?.type) || 'no seccomp profile',
      ].filter((problem) => problem !== true);
    });
    return [...ofPod, ...volumes, ...ofContainers].map((problem) => `${nameOf(workload)}: ${problem}`);
  });
}

/** `names`: those of src/config/settings.ts. */
export function settingsAreKnown(objects, names) {
  const known = (name) => names.includes(name) || names.includes(name.replace(/_FILE$/, ''));
  const given = objects.flatMap((object) => {
    const keys = ['ConfigMap', 'Secret'].includes(object.kind)
      ? Object.keys({ ...object.data, ...object.stringData })
      : [];
    const variables = WORKLOADS.includes(object.kind)
      ? containersOf(object).flatMap(({ env }) => (env ?? []).map(({ name }) => name))
      : [];
    return [...keys, ...variables].map((name) => ({ name, object }));
  });
  return given
    .filter(({ name }) => name.startsWith('MILLRACE_') && name !== 'MILLRACE_CONFIG' && !known(name))
    .map(({ name, object }) => `${nameOf(object)}: there is no setting ${name}`);
}

/** A pod must not be killed before it is done: preStop, MILLRACE_SHUTDOWN_TIMEOUT and closing fit into the grace period. */
export function shutdownFits(objects) {
  const config = objects.find(({ kind, metadata }) => kind === 'ConfigMap' && /^millrace-config/.test(metadata.name));
  const flush = Number(/^(\d+)s$/.exec(config?.data.MILLRACE_SHUTDOWN_TIMEOUT ?? '')?.[1]);
  const ours = objects.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name.startsWith('millrace-'));
  return ours.flatMap((deployment) => {
    const { terminationGracePeriodSeconds: grace, containers } = deployment.spec.template.spec;
    const preStop = containers[0].lifecycle?.preStop?.sleep?.seconds ?? 0;
    const needed = preStop + flush + CLOSE_SECONDS;
    if (needed < grace) return [];
    return [`${nameOf(deployment)}: ${preStop} + ${flush} + ${CLOSE_SECONDS} s do not fit into ${grace} s`];
  });
}

/** What an object refers to by name must be there, unless it says that it may be missing or `given` names it. */
export function referencesResolve(objects, given = []) {
  const has = (kind, name) => objects.some((object) => object.kind === kind && object.metadata.name === name);
  const missing = (workload, kind, reference) => {
    const name = reference?.name ?? reference?.secretName;
    if (!name || reference.optional || given.includes(name) || has(kind, name)) return [];
    return [`${nameOf(workload)}: there is no ${kind} ${name}`];
  };
  return workloads(objects).flatMap((workload) => {
    const sources = containersOf(workload).flatMap(({ envFrom }) => envFrom ?? []);
    const places = [...sources, ...(workload.spec.template.spec.volumes ?? [])];
    return places.flatMap((place) => [
      ...missing(workload, 'ConfigMap', place.configMapRef ?? place.configMap),
      ...missing(workload, 'Secret', place.secretRef ?? place.secret),
    ]);
  });
}
