import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { goModule, kubeCache } from './go.mjs';

const KUBERNETES = 'v1.36.3';
/** Where custom resources are defined: a module, and its folder of definitions. */
const CUSTOM = [
  ['github.com/prometheus-operator/prometheus-operator@v0.85.0', 'example/prometheus-operator-crd'],
  ['github.com/kedacore/keda/v2@v2.21.0', 'config/crd/bases'],
];
const VERSION = `schemas-${KUBERNETES}-1`;

/**
 * The folder of JSON Schemas for kubeconform, one file for each kind, made once of what Kubernetes, the Prometheus operator and
 * KEDA publish as Go modules. Fields that a kind does not have are refused.
 */
export async function schemaFolder() {
  const folder = kubeCache(VERSION);
  if (existsSync(folder)) return folder;
  mkdirSync(kubeCache(), { recursive: true });
  const partial = mkdtempSync(kubeCache(`.${VERSION}-`));
  const write = (name, schema) => writeFileSync(join(partial, `${name}.json`), JSON.stringify(schema));
  const kubernetes = await goModule(`k8s.io/kubernetes@${KUBERNETES}`);
  const { definitions } = JSON.parse(readFileSync(join(kubernetes, 'api/openapi-spec/swagger.json'), 'utf8'));
  writeBuiltIn(definitions, write);
  for (const crd of await customResources()) writeCustom(crd, write);
  renameSync(partial, folder);
  return folder;
}

/** The definitions themselves, to apply to a cluster. */
export async function customResources() {
  const folders = await Promise.all(CUSTOM.map(async ([module, path]) => join(await goModule(module), path)));
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const texts = files.filter((file) => file.endsWith('.yaml')).map((file) => readFileSync(file, 'utf8'));
  const documents = texts.flatMap((text) => parseAllDocuments(text)).map((document) => document.toJS());
  return documents.filter((document) => document?.kind === 'CustomResourceDefinition');
}

function writeBuiltIn(definitions, write) {
  for (const [name, definition] of Object.entries(definitions)) {
    const [kind, ...others] = definition['x-kubernetes-group-version-kind'] ?? [];
    if (!kind || others.length > 0 || !definition.properties) continue;
    const parts = [...reachable(name, definitions)].map((part) => [part, strictDefinition(part, definitions[part])]);
    write(fileOf(kind), { $ref: `#/definitions/${name}`, definitions: Object.fromEntries(parts) });
  }
}

function writeCustom({ spec: { group, names, versions } }, write) {
  for (const { name: version, schema } of versions) {
    const strictSchema = strict(structuredClone(schema.openAPIV3Schema));
    strictSchema.properties.metadata = { type: 'object' };
    write(fileOf({ group, version, kind: names.kind }), strictSchema);
  }
}

/** As kubeconform's `{{ .ResourceKind }}{{ .KindSuffix }}` has it. */
function fileOf({ group, version, kind }) {
  return [kind, ...(group ? [group.split('.')[0]] : []), version].join('-').toLowerCase();
}

function reachable(start, definitions) {
  const found = new Set();
  const visit = (value) => {
    if (typeof value !== 'object' || value === null) return;
    if (typeof value.$ref === 'string') add(value.$ref.split('/').at(-1));
    for (const part of Object.values(value)) visit(part);
  };
  const add = (name) => {
    if (found.has(name)) return;
    found.add(name);
    visit(definitions[name]);
  };
  add(start);
  return found;
}

/** The swagger file says of these that they are text; they may be numbers or anything. */
function strictDefinition(name, definition) {
  if (name.endsWith('util.intstr.IntOrString')) return { type: ['string', 'integer'] };
  if (name.endsWith('api.resource.Quantity')) return { type: ['string', 'number'] };
  if (/\.(JSON|JSONSchemaProps\w+)$/.test(name)) return {};
  return strict(structuredClone(definition));
}

function strict(schema) {
  if (typeof schema !== 'object' || schema === null) return schema;
  const open = schema.additionalProperties !== undefined || schema['x-kubernetes-preserve-unknown-fields'];
  if (schema.properties && typeof schema.properties === 'object' && !open) schema.additionalProperties = false;
  if (schema['x-kubernetes-int-or-string']) {
    delete schema.anyOf;
    schema.type = ['string', 'integer'];
  }
  // Formats of Kubernetes' own, which the validator does not know.
  if (typeof schema.format === 'string') delete schema.format;
  for (const part of Object.values(schema)) strict(part);
  return schema;
}
