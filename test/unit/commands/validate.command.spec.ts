import { schema } from '../../../src/commands/schema.command';
import { validate } from '../../../src/commands/validate.command';
import { pipelineText } from '../core/pipeline/pipeline-text';

const FILES: Readonly<Record<string, string>> = {
  'good.yaml': pipelineText(),
  'two.yaml': `${pipelineText()}\n---\n${pipelineText({ metadata: 'metadata: { name: q }' })}`,
  'bad.yaml': pipelineText({ emit: '  emit: { on: updates }', late: '  lat: drop' }),
};

async function run(...files: string[]): Promise<{ exitCode: number; out: string[]; err: string[] }> {
  const [out, err]: [string[], string[]] = [[], []];
  const exitCode = await validate(files, {
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    readFile: (path) => {
      const text = FILES[path];
      return text === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(text);
    },
  });
  return { exitCode, out, err };
}

describe('validate', () => {
  it('counts the pipelines of good files', async () => {
    const out = ['good.yaml: ok (1 pipeline)', 'two.yaml: ok (2 pipelines)'];
    expect(await run('good.yaml', 'two.yaml')).toEqual({ exitCode: 0, out, err: [] });
  });

  it('prints every problem with its place, and looks at the other files too', async () => {
    expect(await run('bad.yaml', 'good.yaml')).toEqual({
      exitCode: 1,
      out: ['good.yaml: ok (1 pipeline)'],
      err: [
        'bad.yaml:11:15: spec.emit.on: unknown value "updates"; did you mean "update"?',
        'bad.yaml:12:3: spec.lat: unknown property "lat"; did you mean "late"?',
      ],
    });
  });

  it('says which file cannot be read', async () => {
    const { exitCode, err } = await run('bad.yaml', 'none.yaml');
    expect(exitCode).toBe(2);
    expect(err.at(-1)).toBe('none.yaml: cannot be read: no such file');
  });

  it('wants a file', async () => expect((await run()).exitCode).toBe(2));
});

describe('schema', () => {
  it('prints JSON', () => {
    const out: string[] = [];
    expect(schema({ out: (line) => out.push(line) })).toBe(0);
    expect(JSON.parse(out.join('\n'))).toHaveProperty('title', 'Millrace pipeline');
  });
});
