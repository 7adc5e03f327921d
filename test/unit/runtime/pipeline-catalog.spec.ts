import { catalogOf } from '../../../src/runtime/pipeline-catalog';
import { pipelineText } from '../core/pipeline/pipeline-text';

const file = (name: string, from: string, to: string) => ({
  path: `/pipelines/${name}.yaml`,
  text: pipelineText({
    metadata: `metadata: { name: ${name} }`,
    source: `  source: { topic: ${from}, format: json }`,
    sinks: `  sinks: [{ kafka: { topic: ${to} } }]`,
  }),
});

describe('the catalog of pipelines', () => {
  it('runs the files that are right and refuses the others', () => {
    const { pipelines, refused } = catalogOf([file('a', 't', 'u'), { path: '/pipelines/bad.yaml', text: 'kind: [' }]);
    expect(pipelines.map(({ name }) => name)).toEqual(['a']);
    expect(refused.map(({ name }) => name)).toEqual(['bad']);
  });

  it('refuses the files of a loop, and no other', () => {
    const { pipelines, refused } = catalogOf([file('a', 't', 'u'), file('b', 'u', 't'), file('c', 'u', 'v')]);
    expect(pipelines.map(({ name }) => name)).toEqual(['c']);
    expect(refused.map(({ name, problems }) => [name, problems.length])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });

  it('refuses the second of two files with pipelines of one name', () => {
    const { pipelines, refused } = catalogOf([
      file('a', 't', 'u'),
      { ...file('a', 't', 'w'), path: '/pipelines/z.yaml' },
    ]);
    expect(pipelines.map(({ name }) => name)).toEqual(['a']);
    expect(refused.map(({ name }) => name)).toEqual(['z']);
  });
});
