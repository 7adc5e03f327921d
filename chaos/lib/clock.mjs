import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian's package `faketime` puts its library for programs of several threads. */
const FOLDER = '/usr/lib';
const LIBRARY = existsSync(FOLDER)
  ? readdirSync(FOLDER)
      .map((machine) => join(FOLDER, machine, 'faketime', 'libfaketimeMT.so.1'))
      .find((file) => existsSync(file))
  : undefined;
/** Seconds after which a process looks at its file anew. */
const LOOK_SECONDS = '1';

export const clocksWork = () => LIBRARY !== undefined;

/** The wall clock of one replica, kept by libfaketime in a file. Timers run on the monotonic clock, which does not jump. */
export class Clock {
  constructor(folder, name) {
    this.file = join(folder, `${name}.clock`);
    this.jump(0);
    this.env = {
      LD_PRELOAD: LIBRARY,
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_CACHE_DURATION: LOOK_SECONDS,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }

  /** Sets it this far from the true time, within a second. */
  jump(ms) {
    writeFileSync(this.file, `${ms < 0 ? '' : '+'}${ms / 1000}s\n`);
  }
}
