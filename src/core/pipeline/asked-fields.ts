import { parseAggregateCall } from './aggregate-call';
import { type Mention, mentionsIn } from './cel-names';
import type { PipelineDefinition } from './definition';
import type { Finding, Path } from './finding';
import type { Language } from './language';
import { RECORD_VARIABLES, ROW_VARIABLES } from './names';
import { suggestion } from './nearest';

/** A field of the record that a definition names, and where. */
interface AskedField {
  readonly name: string;
  readonly path: Path;
  readonly offset?: number;
}

/** The fields that a definition, which is right otherwise, needs of its records and a schema with `fields` does not give. */
export function checkAskedFields(
  definition: PipelineDefinition,
  fields: readonly string[],
  language: Language,
): readonly Finding[] {
  const { derive = {}, lookup = [] } = definition.spec;
  const known = new Set([...fields, ...Object.keys(derive), ...lookup.map(({ as }) => as)]);
  const missing = askedFields(definition, language).filter(({ name }) => !known.has(name));
  return missing.map(({ name, path, offset }) => ({
    path,
    message: `the schema has no field "${name}"${suggestion(name, fields)}`,
    ...(offset !== undefined && { offset }),
  }));
}

function askedFields({ spec }: PipelineDefinition, language: Language): readonly AskedField[] {
  const { source, key = [], where, derive = {}, aggregate = {}, window } = spec;
  const at = (path: Path) => (mention: Mention) => ({ name: mention.name, path, offset: mention.start });
  const inText = (path: Path, text: string, variables: readonly string[]): readonly AskedField[] =>
    mentionsIn(language.cel.parse(text).ast)
      .filter(({ name }) => !variables.includes(name))
      .map(at(path));
  return [
    ...(source.time.field === undefined
      ? []
      : [{ name: source.time.field, path: ['spec', 'source', 'time', 'field'] }]),
    ...(where === undefined ? [] : inText(['spec', 'where'], where, RECORD_VARIABLES)),
    ...Object.entries(derive).flatMap(([name, text]) => inText(['spec', 'derive', name], text, RECORD_VARIABLES)),
    ...key.map((name, i) => ({ name, path: ['spec', 'key', i] })),
    ...Object.entries(aggregate).flatMap(([name, text]) => inCall(['spec', 'aggregate', name], text, language)),
    ...(window ? [] : columnsOf(spec).flatMap(({ path, text }) => inText(path, text, ROW_VARIABLES))),
  ];
}

function inCall(path: Path, text: string, language: Language): readonly AskedField[] {
  const call = parseAggregateCall(text, language);
  if (!('args' in call)) return [];
  return call.args.flatMap((argument) =>
    mentionsIn(language.cel.parse(argument.text).ast).map(({ name, start }) => ({
      ...{ name, path },
      offset: argument.start + start,
    })),
  );
}

/** Of a pipeline without windows, whose rows are its records. */
function columnsOf({ sinks }: PipelineDefinition['spec']) {
  return sinks.flatMap((sink, i) => {
    if (!('cassandra' in sink)) return [];
    return Object.entries(sink.cassandra.columns).map(([column, text]) => ({
      path: ['spec', 'sinks', i, 'cassandra', 'columns', column],
      text,
    }));
  });
}
