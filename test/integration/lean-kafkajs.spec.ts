import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const BUILT = join(__dirname, '..', '..', 'dist');

describe('the service as built', () => {
  it('runs kafkajs with our inner functions, in an order of loading that nothing disturbs', () => {
    const program = "require('./main.js'); console.log(require('./adapters/kafka/kafkajs').isLean)";
    const printed = execFileSync(process.execPath, ['-e', program], { cwd: BUILT, encoding: 'utf8', timeout: 20_000 });
    expect(printed.trim()).toBe('true');
  });
});
