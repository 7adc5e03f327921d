import { schemaFindings } from '../../../../src/adapters/schema-registry/schema-findings';
import { findingText } from '../../../../src/core/pipeline/finding';
import { STANDARD_LANGUAGE } from '../../../../src/core/pipeline/language';
import { compiledWith } from '../../../support/pipelines';
import { memorySchemas } from '../../../support/memory-schemas';
import { AGE, avroUser, NAME, schemaText } from '../../../support/user-schemas';

const { text } = avroUser(NAME, AGE);
const source = { topic: 'users', format: 'avro', time: { field: 'age' }, schema: { text } };
const spec = { source, key: ['name'], aggregate: { n: 'count()', mean: 'avg(age)' } };

describe('the check of schemas', () => {
  const { schemaRegistry } = memorySchemas();
  const check = async (changes: object, registry: typeof schemaRegistry | undefined = schemaRegistry) =>
    (await schemaFindings(compiledWith({ ...spec, ...changes }).definition, STANDARD_LANGUAGE, registry)).map(
      findingText,
    );

  it('finds nothing in a pipeline whose fields the schema has, nor in one that needs no schema', async () => {
    const derive = { old: 'age > 60' };
    expect(await check({ derive, where: 'name != "" && key != null', key: ['name', 'old'] })).toEqual([]);
    expect(await check({ source: { topic: 'users', format: 'json' }, aggregate: { n: 'max(whatever)' } })).toEqual([]);
  });

  it('finds fields that the schema does not have, wherever they are named', async () => {
    const changes = {
      where: 'agee > 1',
      derive: { b: 'town + "x"' },
      key: ['nme'],
      aggregate: { mean: 'avg(years)', sum: 'sum(age + heigth)' },
      source: { ...source, time: { field: 'at' } },
    };
    expect(await check(changes, undefined)).toEqual([
      'spec.source.time.field: the schema has no field "at"; known: id, name, age',
      'spec.where: the schema has no field "agee"; did you mean "age"?',
      'spec.derive.b: the schema has no field "town"; known: id, name, age',
      'spec.key[0]: the schema has no field "nme"; did you mean "name"?',
      'spec.aggregate.mean: the schema has no field "years"; known: id, name, age',
      'spec.aggregate.sum: the schema has no field "heigth"; known: id, name, age',
    ]);
  });

  it('finds a text that is no schema', async () => {
    expect((await check({ source: { ...source, schema: { text: '{}' } } }))[0]).toContain(
      'spec.source.schema: it is no Avro schema: ',
    );
  });

  it('asks the registry for the version, for its latest schema, and whether it can be read', async () => {
    const byVersion = { source: { ...source, schema: { version: 3 } } };
    expect(await check(byVersion)).toEqual([
      'spec.source.schema: the registry has no version 3 of subject users-value',
    ]);
    await schemaRegistry.register('users-value', avroUser(NAME));
    expect((await check({}))[0]).toContain('spec.source.schema: ');
    expect(await check({ source: { ...source, schema: undefined } })).toEqual([
      'spec.source.time.field: the schema has no field "age"; known: id, name',
      'spec.aggregate.mean: the schema has no field "age"; known: id, name',
    ]);
    expect(await check({ source: { ...source, format: 'protobuf', schema: undefined } })).toEqual([
      'spec.source.format: the latest schema of subject users-value is avro',
    ]);
  });

  it('asks the registry whether it would take the schema of a sink', async () => {
    const sink = (more: object) => ({ sinks: [{ kafka: { topic: 'out', format: 'avro', ...more } }] });
    const quiet = { source: { topic: 'users', format: 'json' } };
    expect(await check({ ...quiet, ...sink({}) })).toEqual([
      'spec.sinks[0].kafka: subject out-value has no schema: register one, or give it here as schema',
    ]);
    expect(await check({ ...quiet, ...sink({ schema: { text } }) })).toEqual([]);
    await schemaRegistry.register('out-value', avroUser());
    expect((await check({ ...quiet, ...sink({ schema: { text } }) }))[0]).toContain(
      'spec.sinks[0].kafka.schema: subject out-value will refuse it as incompatible: ',
    );
    const noSchema = schemaText('avro', '"strig"').text;
    expect((await check({ ...quiet, ...sink({ schema: { text: noSchema } }) }))[0]).toContain('it is no Avro schema');
  });
});
