import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { count, defineFunction, json, live, pipeline, topic, tumbling } from '../../../src';
import { problemText } from '../../../src/core/pipeline/problem';
import { loadExtensions } from '../../../src/processing/extension-modules';

const sourced = (name: string) => pipeline(name).from(topic('in', json(z.object({ k: z.string() }))));
const counted = (name: string) => sourced(name).by('k').window(tumbling('1h')).aggregate({ n: count() }).to(live());
const halved = defineFunction('halved', '(double): double', (x: number) => x / 2, 1);

const load = (modules: Readonly<Record<string, unknown>>) =>
  loadExtensions(Object.keys(modules), (url) => {
    const path = Object.keys(modules).find((name) => pathToFileURL(resolve(name)).href === url);
    return path === undefined ? Promise.reject(new Error('no such file')) : Promise.resolve(modules[path]);
  });

describe('modules of extensions', () => {
  it('give their pipelines, whether they are ES modules or CommonJS', async () => {
    const { pipelines } = await load({
      'a.mjs': { pipelines: [counted('a')] },
      'b.cjs': { default: { pipelines: [counted('b')] } },
    });
    expect(pipelines.map(({ file, compiled }) => `${file}: ${compiled.name}`)).toEqual(['a.mjs: a', 'b.cjs: b']);
  });

  it('share their functions with the pipelines of other modules', async () => {
    const halves = sourced('h').derive({ y: 'halved(3)' }).to(live());
    const { pipelines, language } = await load({ 'a.js': { functions: [halved] }, 'b.js': { pipelines: [halves] } });
    expect(pipelines).toHaveLength(1);
    expect(language.functionNames).toContain('halved');
  });

  it('have the pipelines that are wrong refused, one problem each, and the others run', async () => {
    const wrong = sourced('w').where('k >').by('k', 'k').window(tumbling('1h')).aggregate({ n: count() }).to(live());
    const { pipelines, refused } = await load({ 'a.js': { pipelines: [wrong, counted('good')] } });
    expect(pipelines.map(({ compiled }) => compiled.name)).toEqual(['good']);
    expect(refused.map(({ name }) => name)).toEqual(['w']);
    expect(refused[0]?.problems.map(problemText)).toEqual([
      'a.js:1:1: pipeline "w": by[1]: "k" is named twice',
      expect.stringMatching(/^a\.js:1:1: pipeline "w": where: /),
    ]);
  });

  it.each([
    [
      'one that cannot be loaded',
      () => loadExtensions(['gone.js'], () => Promise.reject(new Error('no such file'))),
      'The extensions of gone.js cannot be loaded: no such file',
    ],
    [
      'one that exports nothing of use',
      () => load({ 'a.js': { pipeline: counted('a') } }),
      'a.js exports none of pipelines, aggregates and functions; each is a list',
    ],
    [
      'one whose pipelines are no list',
      () => load({ 'a.js': { pipelines: counted('a') } }),
      'a.js: pipelines must be a list',
    ],
    [
      'a pipeline without sinks',
      () => load({ 'a.js': { pipelines: [counted('a'), sourced('b')] } }),
      'a.js: pipelines[1] was not made by pipeline(...) and .to(...)',
    ],
    [
      'a function that was not defined',
      () => load({ 'a.js': { functions: [(x: number) => x] } }),
      'a.js: functions[0] was not made by defineFunction(...)',
    ],
    [
      'two functions of one signature',
      () => load({ 'a.js': { functions: [halved, { ...halved }] } }),
      'function halved(double): double',
    ],
  ])('are refused: %s', async (_what, loading, message) => {
    await expect(loading()).rejects.toThrow(message);
  });
});
