import { MemoryOperatorLedger } from '../../src/adapters/memory/memory-operator-ledger';
import { uniqueName } from '../support/servers';
import { describeOperatorLedger } from './operator-ledger.conformance';

describeOperatorLedger('memory', () =>
  Promise.resolve({
    ledger: new MemoryOperatorLedger(),
    newPipeline: () => uniqueName('pipeline'),
    close: () => Promise.resolve(),
  }),
);
