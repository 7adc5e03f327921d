import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { at } from '../../scripts/project.mjs';
import * as rules from './manifest-rules.mjs';
import { isFresh } from './rules-component.mjs';
import { schemaFolder } from './schemas.mjs';
import { run } from '../../stack/run.mjs';
import { Unavailable } from './go.mjs';
import { dockerCompose, goTool, hadolint, promtool } from './tools.mjs';
import { isWaived, unusedWaivers } from './waivers.mjs';

const TARGETS = ['k8s/base', 'k8s/overlays/dev', 'k8s/overlays/prod'];
/** Secrets that whoever runs the production overlay makes: k8s/overlays/prod/secrets.example.yaml. */
const GIVEN = ['millrace-secrets', 'millrace-tls', 'millrace-ingress-tls'];

const rendered = new Map();

/** The text of a target, rendered once. */
async function render(target) {
  if (!rendered.has(target)) {
    const { code, output } = await run(await goTool('kustomize'), ['build', at(target)], { timeoutMs: 60_000 });
    if (code !== 0) throw new Error(`${target}: ${output.trim()}`);
    rendered.set(target, output);
  }
  return rendered.get(target);
}

const objectsOf = (text) => parseAllDocuments(text).map((document) => document.toJS());

/** Applies a rule to the objects of each target. */
const ofEach = (rule) => async () => {
  const found = await Promise.all(
    TARGETS.map(async (target) => ({ target, lines: rule(objectsOf(await render(target))) })),
  );
  return found.flatMap(({ target, lines }) => lines.map((line) => `${target}: ${line}`));
};

/** Runs a tool on a target's text in a file of its own; every line that it prints is a problem unless it ends with 0. */
async function onFile(target, command) {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-k8s-'));
  try {
    const file = join(folder, 'objects.yaml');
    writeFileSync(file, await render(target));
    return await command(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function schemas() {
  const [program, folder] = [await goTool('kubeconform'), await schemaFolder()];
  const args = ['-strict', '-schema-location', join(folder, '{{ .ResourceKind }}{{ .KindSuffix }}.json')];
  const outputs = await Promise.all(
    TARGETS.map((target) => onFile(target, (file) => run(program, [...args, file], { timeoutMs: 60_000 }))),
  );
  return outputs.flatMap(({ code, output }, index) =>
    code === 0
      ? []
      : output
          .trim()
          .split('\n')
          .map((line) => `${TARGETS[index]}: ${line}`),
  );
}

async function score() {
  const program = await goTool('kube-score');
  const args = ['score', '--output-format', 'json', '--kubernetes-version', 'v1.36'];
  const found = await Promise.all(
    TARGETS.map((target) =>
      onFile(target, async (file) => {
        const { output } = await run(program, [...args, file], { timeoutMs: 60_000 });
        return findings(JSON.parse(output)).map((finding) => ({ target, ...finding }));
      }),
    ),
  );
  const all = found.flat();
  return [
    ...all.filter(({ check, target }) => !isWaived(check, target)).map(({ target, text }) => `${target}: ${text}`),
    ...unusedWaivers(all).map(({ check }) => `k8s/check/waivers.mjs: ${check} is waived, and nothing needs it`),
  ];
}

/** Grades below 10 of what is not skipped. */
function findings(objects) {
  return objects.flatMap(({ object_name: name, checks: scored }) =>
    (scored ?? [])
      .filter(({ grade, skipped }) => grade < 10 && !skipped)
      .map(({ check, comments }) => {
        const said = (comments ?? []).map(({ path, summary }) => [path, summary].filter(Boolean).join(': '));
        return { check: check.id, text: `${name}: ${check.id}: ${said.join('; ')}` };
      }),
  );
}

/** Each definition of a folder is in its ConfigMap, and no golden test. */
function definitionsAreMounted() {
  return ['pipelines', 'feeds'].flatMap((folder) => {
    const { configMapGenerator } = parse(readFileSync(at(folder, 'Kustomization'), 'utf8'));
    const listed = configMapGenerator[0].files;
    const present = readdirSync(at(folder)).filter(
      (name) => /\.(ya?ml|json|avsc)$/.test(name) && !/\.test\./.test(name),
    );
    return [
      ...present
        .filter((name) => !listed.includes(name))
        .map((name) => `${folder}/Kustomization does not list ${name}`),
      ...listed
        .filter((name) => !present.includes(name))
        .map((name) => `${folder}/Kustomization lists ${name}, which is not there`),
    ];
  });
}

function settingNames() {
  return [...readFileSync(at('src/config/settings.ts'), 'utf8').matchAll(/^ {2}(MILLRACE_\w+):/gm)].map(
    ([, name]) => name,
  );
}

async function dockerfile() {
  const { code, output } = await run(await hadolint(), [at('Dockerfile')], { timeoutMs: 60_000 });
  const unpinned = [...readFileSync(at('Dockerfile'), 'utf8').matchAll(/^FROM (\S+)/gm)]
    .map(([, image]) => image)
    .filter((image) => image.includes(':') && !rules.isPinned(image));
  const lines = code === 0 ? [] : output.trim().split('\n');
  return [...lines, ...unpinned.map((image) => `Dockerfile: ${image} is not pinned`)];
}

/** The compose file as Docker understands it, and that nothing starts before what it needs is healthy. */
async function compose() {
  const { services } = parse(readFileSync(at('docker-compose.yml'), 'utf8'));
  const problems = Object.entries(services).flatMap(([name, service]) => [
    ...(service.image && !rules.isPinned(service.image) ? [`${name}: ${service.image} is not pinned`] : []),
    ...(service.healthcheck || service.build || service.profiles ? [] : [`${name}: no health check`]),
    ...Object.entries(service.depends_on ?? {})
      .filter(([, { condition }]) => !['service_healthy', 'service_completed_successfully'].includes(condition))
      .map(([other]) => `${name}: it does not wait until ${other} is healthy`),
  ]);
  return problems;
}

async function composeConfig() {
  const [program, ...args] = await dockerCompose();
  const { code, output } = await run(program, [...args, '-f', at('docker-compose.yml'), 'config', '-q']);
  return code === 0 ? [] : output.trim().split('\n');
}

async function alerts() {
  const folder = at('observability', 'rules');
  if (!existsSync(folder)) throw new Unavailable('there are no rules in observability/rules');
  const program = await promtool();
  const inFolder = (name) => readdirSync(at('observability', name)).filter((file) => /\.ya?ml$/.test(file));
  const ruleFiles = inFolder('rules').map((file) => join(folder, file));
  const tests = existsSync(at('observability', 'tests'))
    ? inFolder('tests').map((file) => at('observability', 'tests', file))
    : [];
  const checked = await run(program, ['check', 'rules', ...ruleFiles], { timeoutMs: 60_000 });
  const tested =
    tests.length > 0 ? await run(program, ['test', 'rules', ...tests], { timeoutMs: 120_000 }) : { code: 0 };
  return [checked, tested].filter(({ code }) => code !== 0).flatMap(({ output }) => output.trim().split('\n'));
}

/** By what they make sure of. Each resolves with its problems. */
export const checks = {
  'definitions are in the ConfigMaps': () => definitionsAreMounted(),
  'the PrometheusRule is that of observability/rules': () => (isFresh() ? [] : ['it is stale: npm run k8s:rules']),
  'base and overlays render': async () => (await Promise.all(TARGETS.map(render))).flatMap(() => []),
  'every object fits its schema, custom resources too': schemas,
  'kube-score finds nothing but what is waived': score,
  'images have a version or a digest': ofEach(rules.imagesArePinned),
  'pods keep to Pod Security restricted': ofEach(rules.podsAreRestricted),
  'settings are those that the service has': ofEach((objects) => rules.settingsAreKnown(objects, settingNames())),
  'a shutdown fits into its grace period': ofEach(rules.shutdownFits),
  'what is referred to is there': ofEach((objects) => rules.referencesResolve(objects, GIVEN)),
  'hadolint has nothing against the Dockerfile': dockerfile,
  'compose services are pinned and wait for health': compose,
  'docker compose understands its file': composeConfig,
  'promtool checks the alerts and runs their tests': alerts,
};
