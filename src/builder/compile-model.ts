import { ConfigError, PoisonRecordError } from '../core/errors';
import { checkDefinition } from '../core/pipeline/check-definition';
import { compilePipeline } from '../core/pipeline/compile';
import type { CompiledPipeline, Fields } from '../core/pipeline/compiled-pipeline';
import { type Finding, findingText, type Path } from '../core/pipeline/finding';
import { fnv1a64 } from '../core/pipeline/fingerprint';
import { createLanguage, type Extensions } from '../core/pipeline/language';
import { RESERVED_FIELD_NAMES } from '../core/pipeline/names';
import type { PipelineModel } from './model';
import type { RecordCheck } from './record-check';

export type CheckedModel = { readonly compiled: CompiledPipeline } | { readonly findings: readonly Finding[] };

/**
 * Checks and compiles a pipeline that was written in TypeScript. `shared` is what its CEL may call besides its own. Paths
 * of findings are in the words of the builder. Throws ConfigError for extensions that cannot be together.
 */
export function checkModel(model: PipelineModel, shared: Extensions = {}): CheckedModel {
  const { document, extensions, check } = model;
  const language = createLanguage({
    aggregates: together(shared.aggregates, extensions.aggregates),
    functions: together(shared.functions, extensions.functions),
    recordFunctions: extensions.recordFunctions ?? [],
  });
  const unnameable = unnameableFields(model);
  const checked = unnameable.length > 0 ? { findings: unnameable } : checkDefinition(document, language);
  if ('findings' in checked) {
    return { findings: checked.findings.map((finding) => ({ ...finding, path: builderPath(finding.path) })) };
  }
  const compiled = compilePipeline(checked.definition, language);
  return { compiled: check ? withCheck(compiled, check) : compiled };
}

/** The same. Throws ConfigError with a line for each thing that is wrong. */
export function compileModel(model: PipelineModel): CompiledPipeline {
  const checked = checkModel(model);
  if ('compiled' in checked) return checked.compiled;
  const { name } = model.document.metadata;
  throw new ConfigError([`The pipeline "${name}" is wrong:`, ...checked.findings.map(findingText)].join('\n  '));
}

/** What a module and a pipeline in it both name is there once. */
function together<Part>(shared: readonly Part[] = [], own: readonly Part[] = []): Part[] {
  return [...new Set([...shared, ...own])];
}

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** `key` and `timestamp` are fields like any other where aggregates name them. */
const NOT_RESERVED_IN_CALLS = ['key', 'timestamp', 'headers'];

function unnameableFields({ argumentFields }: PipelineModel): Finding[] {
  const isNameable = (field: string): boolean =>
    IDENTIFIER.test(field) && (!RESERVED_FIELD_NAMES.includes(field) || NOT_RESERVED_IN_CALLS.includes(field));
  return Object.entries(argumentFields).flatMap(([name, fields]) =>
    fields
      .filter((field) => !isNameable(field))
      .map((field) => ({
        path: ['spec', 'aggregate', name],
        message: `an aggregate cannot name the field "${field}"; derive one with a plain name from it, or give CEL with cel('...')`,
      })),
  );
}

/** Parts of a definition by the methods that give them. */
const METHODS: Readonly<Record<string, string>> = { source: 'from', key: 'by', sinks: 'to' };

function builderPath([root, part, ...rest]: Path): Path {
  if (root === 'metadata') return ['pipeline', ...(part === undefined ? [] : [part]), ...rest];
  return typeof part === 'string' ? [METHODS[part] ?? part, ...rest] : [];
}

function withCheck(pipeline: CompiledPipeline, { version, check }: RecordCheck): CompiledPipeline {
  return {
    ...pipeline,
    fingerprint: fnv1a64(`${pipeline.fingerprint}\n${version}`),
    decode: (record) => {
      const checked = check(pipeline.decode(record));
      if ('fields' in checked) return checked.fields as Fields;
      throw new PoisonRecordError('not-decodable', `the record is not what the schema says: ${checked.fault}`);
    },
  };
}
