import { pipelineJsonSchema } from '../../../../src/core/pipeline/json-schema';

describe('the JSON Schema of pipelines', () => {
  it('describes definitions as users write them', () => {
    const schema = pipelineJsonSchema();
    expect(schema).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      required: ['apiVersion', 'kind', 'metadata', 'spec'],
      additionalProperties: false,
      properties: {
        spec: {
          required: ['source', 'key', 'window', 'aggregate', 'sinks'],
          properties: { checkpoint: { properties: { interval: { type: 'string', default: '200ms' } } } },
        },
      },
    });
  });
});
