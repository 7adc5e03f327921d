import { compilePipeline } from '../../../../src/core/pipeline/compile';
import { STANDARD_LANGUAGE } from '../../../../src/core/pipeline/language';
import { parsePipelines } from '../../../../src/core/pipeline/parse';
import { problemText } from '../../../../src/core/pipeline/problem';

const text = (schema: string) => `
apiVersion: millrace/v1
kind: Pipeline
metadata: { name: p }
spec:
  source: { topic: in, format: avro, schema: { ${schema} } }
  sinks:
    - kafka: { topic: out, format: avro, schema: { file: out.avsc } }
`;
const files: Record<string, string> = { 'in.avsc': '"string"', 'out.avsc': '"long"' };
const readBeside = (name: string): string => {
  const found = files[name];
  if (found === undefined) throw new Error(`no such file ${name}`);
  return found;
};
const parse = (schema: string, beside?: typeof readBeside) =>
  parsePipelines(text(schema), 'p.yaml', STANDARD_LANGUAGE, beside);

describe('schemas in files', () => {
  it('are read beside the definition, for sources and sinks', () => {
    const [definition] = parse('file: in.avsc', readBeside).definitions;
    const compiled = compilePipeline(definition!);
    expect(compiled.schemas?.reading).toEqual({ format: 'avro', reader: { text: '"string"' } });
    expect(compiled.sinks[0]).toMatchObject({ writing: { format: 'avro', subject: 'out-value', schema: '"long"' } });
  });

  it('that cannot be read are problems at their place', () => {
    expect(parse('file: absent.avsc', readBeside).problems.map(problemText)).toEqual([
      'p.yaml:6:54: spec.source.schema.file: cannot be read: no such file absent.avsc',
    ]);
    expect(parse('file: in.avsc').problems.map(({ message }) => message)).toEqual([
      'spec.source.schema.file: cannot be read: there is no folder here; give the schema as text',
      'spec.sinks[0].kafka.schema.file: cannot be read: there is no folder here; give the schema as text',
    ]);
  });

  it('mean what they say: the name of the file does not count, its text does', () => {
    const fingerprint = (schema: string) => compilePipeline(parse(schema, readBeside).definitions[0]!).fingerprint;
    files['copy.avsc'] = files['in.avsc']!;
    expect(fingerprint('file: copy.avsc')).toBe(fingerprint('file: in.avsc'));
    expect(fingerprint(`text: '"string"'`)).toBe(fingerprint('file: in.avsc'));
    expect(fingerprint('file: out.avsc')).not.toBe(fingerprint('file: in.avsc'));
    expect(fingerprint('version: 1')).not.toBe(fingerprint('version: 2'));
  });
});
