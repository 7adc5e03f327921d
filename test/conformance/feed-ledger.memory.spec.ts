import { MemoryFeedLedger } from '../../src/adapters/memory/memory-feed-ledger';
import { uniqueName } from '../support/servers';
import { describeFeedLedger } from './feed-ledger.conformance';

describeFeedLedger('memory', () =>
  Promise.resolve({
    ledger: new MemoryFeedLedger({ now: () => Date.now() }),
    newFeed: () => uniqueName('feed'),
    close: () => Promise.resolve(),
  }),
);
