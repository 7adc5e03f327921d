import { schemaFindings } from '../../adapters/schema-registry/schema-findings';
import type { CompiledPipeline } from '../../core/pipeline/compiled-pipeline';
import { findingText } from '../../core/pipeline/finding';
import { STANDARD_LANGUAGE } from '../../core/pipeline/language';
import type { SchemaRegistry } from '../../core/ports/schema-registry.port';
import { type Finding, ok, warning, wrong } from './finding';

interface RuledRegistry extends SchemaRegistry {
  /** What it wants of new versions: BACKWARD, NONE, .. */
  compatibility(): Promise<string>;
}

/** Whether a pipeline reads or writes values whose schemas a registry keeps. */
export function needsRegistry({ schemas, sinks }: CompiledPipeline): boolean {
  return schemas !== undefined || sinks.some((sink) => sink.kind === 'kafka' && sink.writing !== undefined);
}

/** Throws TransientError when the registry does not answer. */
export async function schemaRegistryFindings(
  registry: RuledRegistry,
  pipelines: readonly CompiledPipeline[],
): Promise<readonly Finding[]> {
  const rule = await registry.compatibility();
  const findings = [
    ok('schema registry', 'reachable'),
    rule === 'NONE'
      ? warning(
          'schema registry rule',
          'any schema may follow any other: a new one may not be able to read the records before it',
          `PUT /config {"compatibility": "BACKWARD"}`,
        )
      : ok('schema registry rule', `new schemas are compatible: ${rule}`),
  ];
  for (const { name, definition } of pipelines.filter(needsRegistry)) {
    const found = await schemaFindings(definition, STANDARD_LANGUAGE, registry);
    findings.push(...found.map((finding) => wrong(`schemas of ${name}`, findingText(finding), 'see docs/schemas.md')));
  }
  return findings;
}
