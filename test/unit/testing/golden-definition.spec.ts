import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goldenTestJsonSchema } from '../../../src/testing/golden-definition';

const PUBLISHED = join(__dirname, '..', '..', '..', 'docs', 'test.schema.json');

describe('the JSON Schema of golden tests', () => {
  it('describes tests as users write them', () => {
    expect(goldenTestJsonSchema()).toMatchObject({
      title: 'Millrace golden test',
      additionalProperties: false,
      properties: { spec: { required: ['pipeline', 'steps'], properties: { partitions: { default: 1 } } } },
    });
  });

  it('is published as it is: else run `npm run schema`', () => {
    expect(JSON.parse(readFileSync(PUBLISHED, 'utf8'))).toEqual(goldenTestJsonSchema());
  });
});
