import { up } from '../stack/index.mjs';
import { runService } from './service.mjs';

// The servers stay up afterwards, for the next start: `npm run stack:down` stops them.
await runService({
  mode: 'external',
  before: (signal) => up('dev', { log: (line) => console.log(line), signal }),
});
