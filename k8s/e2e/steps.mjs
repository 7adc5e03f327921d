/** Steps of a proof, taken one after the other: each is printed with its outcome, its time and what it found, and counted. */
export class Steps {
  passed = 0;
  failed = 0;

  /** Resolves with whether `work` came to its end; what it resolves with, or threw, is printed below its name. */
  async take(name, work) {
    const begin = Date.now();
    const say = (outcome, detail) => {
      const seconds = ((Date.now() - begin) / 1000).toFixed(0);
      console.log(`${outcome} ${name} (${seconds} s)`);
      if (detail) console.log(`     ${detail.replaceAll('\n', '\n     ')}`);
    };
    try {
      const detail = await work();
      this.passed += 1;
      say('PASS', detail);
      return true;
    } catch (error) {
      this.failed += 1;
      say('FAIL', error.message);
      return false;
    }
  }

  /** Prints the last line, and sets the exit code. */
  tell() {
    console.log(`${this.passed} passed, ${this.failed} failed`);
    if (this.failed > 0) process.exitCode = 1;
  }
}
