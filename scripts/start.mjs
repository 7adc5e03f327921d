import { runService } from './service.mjs';

await runService({ mode: 'embedded' });
