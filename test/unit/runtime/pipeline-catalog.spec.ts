import { problemText } from '../../../src/core/pipeline/problem';
import { catalogOf } from '../../../src/runtime/pipeline-catalog';
import { NO_EXTENSIONS } from '../../../src/runtime/catalog-extensions';
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

  describe('with modules', () => {
    const compiled = (name: string, from: string, to: string) => {
      const { pipelines } = catalogOf([file(name, from, to)]);
      return { file: 'm.js', compiled: pipelines[0]! };
    };

    it('runs their pipelines beside those of files', () => {
      const extensions = { ...NO_EXTENSIONS, pipelines: [compiled('b', 't', 'v')] };
      const { pipelines } = catalogOf([file('a', 't', 'u')], extensions);
      expect(pipelines.map(({ name }) => name)).toEqual(['a', 'b']);
    });

    it('refuses what is wrong between them, naming the pipeline', () => {
      const extensions = { ...NO_EXTENSIONS, pipelines: [compiled('a', 't', 'v')] };
      const { pipelines, refused } = catalogOf([file('a', 't', 'u')], extensions);
      expect(pipelines).toHaveLength(1);
      expect(refused.map(({ name, problems }) => [name, ...problems.map(problemText)])).toEqual([
        ['m', 'm.js:1:1: pipeline "a": metadata.name: "a" is the name of an earlier pipeline in /pipelines/a.yaml'],
      ]);
    });

    it('says which of their pipelines were refused before', () => {
      const refused = [{ name: 'w', problems: [] }];
      expect(catalogOf([], { ...NO_EXTENSIONS, refused }).refused).toEqual(refused);
    });
  });
});
