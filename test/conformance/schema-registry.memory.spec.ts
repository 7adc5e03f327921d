import { memorySchemas } from '../support/memory-schemas';
import { uniqueName } from '../support/servers';
import { describeParkedSchemas } from './parked-schemas.conformance';
import { describeSchemaRegistry } from './schema-registry.conformance';

const open = () =>
  Promise.resolve({
    registry: memorySchemas().schemaRegistry,
    newSubject: () => uniqueName('subject'),
    close: () => Promise.resolve(),
  });

describeSchemaRegistry('memory', open);
describeParkedSchemas('memory', open);
