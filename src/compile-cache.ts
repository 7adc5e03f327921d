import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

/**
 * Keeps what V8 has compiled in `.compile-cache` beside this file: loading modules is most of what a start takes, and a service
 * that has been killed is to be back soon. Where that folder cannot be written, nothing is kept and nothing is said.
 * `NODE_COMPILE_CACHE` names another folder, `NODE_DISABLE_COMPILE_CACHE=1` turns it off, as Node documents them.
 */
enableCompileCache(join(__dirname, '.compile-cache'));
