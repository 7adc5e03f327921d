import type { CompiledPipeline } from '../pipeline/compiled-pipeline';
import type { PipelineDefinition } from '../pipeline/definition';
import { durationText } from '../pipeline/duration';
import { fingerprintOf } from '../pipeline/fingerprint';
import type { Deployment } from '../ports/state-store.port';
import { asksForAnotherWay } from '../repartition/way-of-records';
import { type DeployedDefinition, parseDeployedText } from './deployed-definition';

/** One part of a definition that is not as it was deployed; `undefined` where there is none. */
export interface DefinitionChange {
  readonly part: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** Whether the state of the version in force has another meaning under the change. */
  readonly needsRebuild: boolean;
}

/**
 * `new`: nothing is deployed under the name. `unchanged` and `compatible`: the state is kept; it takes effect at the next
 * start. `rebuild`: the state has another meaning.
 */
export type ChangeVerdict = 'new' | 'unchanged' | 'compatible' | 'rebuild';

export interface PlannedChange {
  readonly verdict: ChangeVerdict;
  readonly changes: readonly DefinitionChange[];
  /** What the changes do not tell. */
  readonly note?: string;
}

const UNKNOWN =
  'what was changed is not known: the deployed definition was not recorded by the version that deployed it';
const ROWS_OF_BEFORE =
  'what is added to sinks gets rows that change from then on; to fill it with those of before: millrace rebuild';
const UNSEEN = 'the schema that checks its records was changed';

/** What it means to deploy a pipeline where `inForce` is. The fingerprints decide; the changes say why. */
export function plannedChange(pipeline: CompiledPipeline, inForce: Deployment | undefined): PlannedChange {
  if (!inForce) return { verdict: 'new', changes: [] };
  const goesAnotherWay = asksForAnotherWay(pipeline.definition, inForce);
  const keepsState = inForce.fingerprint === pipeline.fingerprint && !goesAnotherWay;
  if (inForce.definition === undefined) {
    return keepsState ? { verdict: 'unchanged', changes: [] } : { verdict: 'rebuild', changes: [], note: UNKNOWN };
  }
  const changes = changesBetween(parseDeployedText(inForce.definition), pipeline).map((change) =>
    change.part === 'repartition' ? { ...change, needsRebuild: goesAnotherWay } : change,
  );
  if (!keepsState) {
    const isExplained = changes.some(({ needsRebuild }) => needsRebuild);
    return { verdict: 'rebuild', changes, ...(!isExplained && { note: UNSEEN }) };
  }
  if (changes.length === 0) return { verdict: 'unchanged', changes };
  const needsRowsOfBefore = changes.some(({ part, before }) => part.startsWith('sinks.') && before === undefined);
  return { verdict: 'compatible', changes, ...(needsRowsOfBefore && { note: ROWS_OF_BEFORE }) };
}

/** In the order of the definition; those that need a rebuild are found by what they do to the fingerprint. */
export function changesBetween(before: DeployedDefinition, after: DeployedDefinition): DefinitionChange[] {
  const [old, next] = [before.definition, after.definition];
  return [
    ...leafChanges('description', old.metadata.description, next.metadata.description, false),
    ...namesIn(old.spec.source, next.spec.source).flatMap((name) => sourceChanges(old, next, name)),
    ...namesIn(old.spec, next.spec)
      .filter((name) => name !== 'source')
      .flatMap((name) => specChanges(old, next, name)),
    ...namesIn(before.versions, after.versions).flatMap((name) =>
      leafChanges(`version of ${name}`, before.versions[name], after.versions[name], true),
    ),
  ];
}

type Parts = Readonly<Record<string, unknown>>;

function sourceChanges(old: PipelineDefinition, next: PipelineDefinition, name: string): DefinitionChange[] {
  const [before, after]: Parts[] = [old.spec.source, next.spec.source];
  const spec = { ...old.spec, source: { ...old.spec.source, [name]: after?.[name] } };
  return partChanges(`source.${name}`, before?.[name], after?.[name], changesMeaning(old, spec));
}

function specChanges(old: PipelineDefinition, next: PipelineDefinition, name: string): DefinitionChange[] {
  const [before, after]: Parts[] = [old.spec, next.spec];
  const needsRebuild = changesMeaning(old, { ...old.spec, [name]: after?.[name] });
  return partChanges(name, named(name, before?.[name]), named(name, after?.[name]), needsRebuild);
}

function changesMeaning(old: PipelineDefinition, spec: PipelineDefinition['spec']): boolean {
  return fingerprintOf({ ...old, spec }) !== fingerprintOf(old);
}

/** The order of properties counts where the fingerprint says so. */
function partChanges(part: string, before: unknown, after: unknown, needsRebuild: boolean): DefinitionChange[] {
  const changes = leafChanges(part, before, after, needsRebuild);
  if (changes.length > 0 || !needsRebuild) return changes;
  const order = (value: unknown): string => Object.keys(value as Parts).join(', ');
  return [{ part: `order of ${part}`, before: order(before), after: order(after), needsRebuild }];
}

function leafChanges(part: string, before: unknown, after: unknown, needsRebuild: boolean): DefinitionChange[] {
  if (isMapping(before) && isMapping(after)) {
    return namesIn(before, after).flatMap((name) =>
      leafChanges(`${part}.${name}`, before[name], after[name], needsRebuild),
    );
  }
  const [was, is] = [textOf(part, before), textOf(part, after)];
  return was === is ? [] : [{ part, before: was, after: is, needsRebuild }];
}

/** Lists whose items have names become mappings, so that an added item is not a change of the others. */
function named(part: string, value: unknown): unknown {
  // Every other size is a duration.
  if (part === 'window' && isMapping(value) && value['kind'] === 'count')
    return { ...value, size: `${String(value['size'])} records` };
  if (!Array.isArray(value) || (part !== 'sinks' && part !== 'lookup')) return value;
  return Object.fromEntries((value as Parts[]).map((item) => [part === 'sinks' ? sinkPlace(item) : item['as'], item]));
}

function sinkPlace(sink: Parts): string {
  const [[kind, target]] = Object.entries(sink) as [
    [string, { readonly table?: string; readonly topic?: string; readonly name?: string }],
  ];
  if (kind === 'redis') return `${kind}:${Object.keys(target).join()}`;
  const place = target.table ?? target.topic ?? target.name;
  return place === undefined ? kind : `${kind}:${place}`;
}

function isMapping(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function namesIn(before: object, after: object): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

const DURATION =
  /\.(size|grace|advance|gap|step|offset|outOfOrderness|idleAfter|every|interval|amend|maxAge|history|ttl)$/;

function textOf(part: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && DURATION.test(part)) return durationText(value);
  if (isMapping(value)) {
    const parts = Object.entries(value).map(([name, inner]) => `${name}: ${textOf(`${part}.${name}`, inner)}`);
    return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}
