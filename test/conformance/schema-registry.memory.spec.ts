import { memorySchemas } from '../support/memory-schemas';
import { uniqueName } from '../support/servers';
import { describeSchemaRegistry } from './schema-registry.conformance';

describeSchemaRegistry('memory', () =>
  Promise.resolve({
    registry: memorySchemas().schemaRegistry,
    newSubject: () => uniqueName('subject'),
    close: () => Promise.resolve(),
  }),
);
