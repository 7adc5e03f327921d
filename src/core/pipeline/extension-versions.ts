import { callsIn } from './cel-names';
import type { PipelineDefinition } from './definition';
import type { Language } from './language';

/** Versions of the user's own aggregates and functions that state depends on: those that records go through. */
export function usedVersions(definition: PipelineDefinition, language: Language): Record<string, number> {
  if (language.versions.size === 0) return {};
  const { lookup = [], where, derive, aggregate } = definition.spec;
  const texts = [
    ...lookup.map(({ on }) => on),
    ...(where === undefined ? [] : [where]),
    ...Object.values(derive ?? {}),
    ...Object.values(aggregate ?? {}),
  ];
  const called = new Set(texts.flatMap((text) => callsIn(language.cel.parse(text).ast)));
  return Object.fromEntries([...language.versions].filter(([name]) => called.has(name)));
}
