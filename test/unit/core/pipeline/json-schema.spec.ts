import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipelineJsonSchema } from '../../../../src/core/pipeline/json-schema';

const PUBLISHED = join(__dirname, '..', '..', '..', '..', 'docs', 'pipeline.schema.json');

describe('the published JSON Schema', () => {
  it('is the one that the validator uses: else run `npm run schema`', () => {
    expect(JSON.parse(readFileSync(PUBLISHED, 'utf8'))).toEqual(pipelineJsonSchema());
  });
});
