import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipelineJsonSchema } from '../../../../src/core/pipeline/json-schema';

const PUBLISHED = join(__dirname, '..', '..', '..', '..', 'docs', 'pipeline.schema.json');

describe('the JSON Schema of pipelines', () => {
  it('describes definitions as users write them', () => {
    const schema = pipelineJsonSchema();
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['apiVersion', 'kind', 'metadata', 'spec'],
      additionalProperties: false,
      properties: {
        spec: {
          required: ['source', 'sinks'],
          properties: { checkpoint: { properties: { interval: { type: 'string', default: '200ms' } } } },
        },
      },
    });
  });

  it('is published as it is: else run `npm run schema`', () => {
    expect(JSON.parse(readFileSync(PUBLISHED, 'utf8'))).toEqual(pipelineJsonSchema());
  });
});
