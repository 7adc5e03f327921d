import {
  imagesArePinned,
  isPinned,
  podsAreRestricted,
  referencesResolve,
  settingsAreKnown,
  shutdownFits,
} from '../../../k8s/check/manifest-rules.mjs';

type Fields = Record<string, unknown>;

const SECURE: Fields = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const POD: Fields = { runAsNonRoot: true, runAsUser: 10001, seccompProfile: { type: 'RuntimeDefault' } };

function deployment(container: Fields = {}, pod: Fields = {}): Fields {
  const own = { name: 'c', image: 'millrace:0.1.0', securityContext: SECURE, ...container };
  return {
    kind: 'Deployment',
    metadata: { name: 'millrace-process' },
    spec: { template: { spec: { securityContext: POD, containers: [own], ...pod } } },
  };
}

describe('rules of the manifests', () => {
  it.each(['millrace:0.1.0', 'redis:7.4.2-bookworm', `a.b/c@sha256:${'0'.repeat(64)}`, 'host:5000/a:1.2'])(
    'take %s as pinned',
    (image) => expect(isPinned(image)).toBe(true),
  );

  it.each(['millrace', 'millrace:latest', 'debian:bookworm', 'host:5000/a', 'a@sha256:12'])(
    'do not take %s as pinned',
    (image) => expect(isPinned(image)).toBe(false),
  );

  it('name the image that is not pinned, of an init container too', () => {
    expect(imagesArePinned([deployment()])).toEqual([]);
    const found = imagesArePinned([deployment({}, { initContainers: [{ name: 'i', image: 'busybox' }] })]);
    expect(found).toEqual([expect.stringContaining('image busybox') as string]);
  });

  it('find nothing in a pod that keeps to restricted', () => {
    expect(podsAreRestricted([deployment()])).toEqual([]);
  });

  it.each<[string, Fields, Fields]>([
    ['runAsNonRoot', {}, { securityContext: { ...POD, runAsNonRoot: false } }],
    ['runAsUser is 0', { securityContext: { ...SECURE, runAsUser: 0 } }, {}],
    ['allowPrivilegeEscalation', { securityContext: { capabilities: { drop: ['ALL'] } } }, {}],
    ['capabilities are not dropped', { securityContext: { allowPrivilegeEscalation: false } }, {}],
    [
      'capabilities are added',
      { securityContext: { ...SECURE, capabilities: { drop: ['ALL'], add: ['NET_RAW'] } } },
      {},
    ],
    ['privileged', { securityContext: { ...SECURE, privileged: true } }, {}],
    ['seccomp', {}, { securityContext: { runAsNonRoot: true } }],
    ['hostNetwork', {}, { hostNetwork: true }],
    ['hostPath', {}, { volumes: [{ name: 'v', hostPath: { path: '/' } }] }],
  ])('find in a pod: %s', (problem, container, pod) => {
    expect(podsAreRestricted([deployment(container, pod)])).toEqual([expect.stringContaining(problem) as string]);
  });

  it('know settings, also by their file, in ConfigMaps and in variables', () => {
    const names = ['MILLRACE_ROLES', 'MILLRACE_REDIS_PASSWORD'];
    const config = {
      kind: 'ConfigMap',
      metadata: { name: 'c' },
      data: { MILLRACE_REDIS_PASSWORD_FILE: '/x', MILLRACE_ROLE: '' },
    };
    const variables = deployment({ env: [{ name: 'MILLRACE_ROLES' }, { name: 'MILLRACE_NODES' }, { name: 'HOME' }] });
    expect(settingsAreKnown([config, variables], names)).toEqual([
      'ConfigMap c: there is no setting MILLRACE_ROLE',
      'Deployment millrace-process: there is no setting MILLRACE_NODES',
    ]);
  });

  it('want room for preStop, the flush and closing in the grace period', () => {
    const config = {
      kind: 'ConfigMap',
      metadata: { name: 'millrace-config-1' },
      data: { MILLRACE_SHUTDOWN_TIMEOUT: '20s' },
    };
    const container = { lifecycle: { preStop: { sleep: { seconds: 5 } } } };
    expect(shutdownFits([config, deployment(container, { terminationGracePeriodSeconds: 30 })])).toEqual([]);
    expect(shutdownFits([config, deployment(container, { terminationGracePeriodSeconds: 29 })])).toHaveLength(1);
    expect(shutdownFits([deployment(container, { terminationGracePeriodSeconds: 30 })])).toHaveLength(1);
  });

  it('miss what is referred to, unless it may be missing', () => {
    const sources = [
      { configMapRef: { name: 'there' } },
      { secretRef: { name: 'given' } },
      { secretRef: { name: 'perhaps', optional: true } },
      { secretRef: { name: 'gone' } },
    ];
    const objects = [{ kind: 'ConfigMap', metadata: { name: 'there' } }, deployment({ envFrom: sources })];
    expect(referencesResolve(objects, ['given'])).toEqual(['Deployment millrace-process: there is no Secret gone']);
  });
});
