import { createRequire } from 'node:module';

const load = createRequire(__filename);
const INSTALL = '../../../../../src/adapters/kafka/kafkajs';

describe('lean kafkajs', () => {
  beforeEach(() => jest.resetModules());

  it('gives kafkajs our functions before it is loaded', () => {
    expect((load(INSTALL) as { isLean: boolean }).isLean).toBe(true);
    const { groupMessagesPerPartition } = load(`${INSTALL}/group-messages`) as { groupMessagesPerPartition: unknown };
    expect(load('kafkajs/src/producer/groupMessagesPerPartition.js')).toBe(groupMessagesPerPartition);
  });

  it('leaves kafkajs alone when it was loaded before', () => {
    load('kafkajs');
    const before: unknown = load('kafkajs/src/consumer/batch.js');
    expect((load(INSTALL) as { isLean: boolean }).isLean).toBe(false);
    expect(load('kafkajs/src/consumer/batch.js')).toBe(before);
  });
});
