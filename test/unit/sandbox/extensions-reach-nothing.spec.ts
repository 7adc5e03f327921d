import { FatalError } from '../../../src/core/errors';
import { ModuleFolder } from '../../support/sandboxed-modules';

describe('code of extensions reaches nothing but what it is given', () => {
  const folder = new ModuleFolder();
  afterAll(() => folder.remove());

  it.each([
    ['process', 'return process.env'],
    ['process, as a property of all things', 'return globalThis.process.env'],
    ['process, by the function constructor', 'return globalThis.constructor.constructor("return process")()'],
    ['process, by the constructor of an argument', 'return a.constructor.constructor("return process")()'],
    ['process, by an asynchronous function', 'return (async () => {}).constructor("return process")().then(String)'],
    ['require', 'return require("fs")'],
    ['the main module', 'return process.mainModule.require("fs")'],
    ['native bindings', 'return process.binding("fs")'],
    ['files of Node', 'return Buffer.from("a")'],
    ['the network', 'return fetch("http://127.0.0.1")'],
    ['sockets', 'return new WebSocket("ws://127.0.0.1")'],
    ['timers', 'return setTimeout(() => {}, 0)'],
    ['immediate callbacks', 'return setImmediate(() => {})'],
    ['workers', 'return new Worker("x")'],
    ['WebAssembly', 'return WebAssembly.Memory'],
    ['the console', 'return console.log("x")'],
    ['the loader of modules', 'return __millrace_require__("zod")'],
    ['shared memory', 'return new SharedArrayBuffer(8)'],
    ['the clock', 'return Date.now()'],
    ['the clock, by a date', 'return new Date()'],
    ['the clock, as text', 'return Date()'],
    ['the clock, by a class that extends it', 'return new (class extends Date {})()'],
    ['the clock, by the constructor of a date', 'return new (new Date(0)).constructor()'],
    ['the clock, by another realm', 'return Reflect.construct(Date, [], Object)'],
    ['the clock of performance', 'return performance.now()'],
    ['chance', 'return Math.random()'],
    ['what is collected', 'return new WeakRef({})'],
  ])('%s is not there', async (_what, body) => {
    const call = await folder.function(body);
    expect(() => call({}, 1)).toThrow(/is not there in the sandbox|is not defined|of undefined|A promise is no value/);
  });

  it('says what to do instead of reading the clock', async () => {
    const call = await folder.function('return Date.now()');
    expect(() => call(1, 2)).toThrow(
      'The clock (Date.now()) is not there in the sandbox: functions of extensions must give the same for the same record',
    );
  });

  it.each([
    ['import("node:fs")', 'return import("node:fs")'],
    ['import() of another file', 'return import("./other.mjs")'],
  ])('imports nothing while it is called: %s', async (_what, body) => {
    const call = await folder.function(
      `let told; ${body.replace('return ', '')}.catch((e) => { told = e }); return told ?? null`,
    );
    expect(call(1, 2)).toBeNull();
  });

  it('is given copies: what it does to them, and to prototypes, does not show outside', async () => {
    const call = await folder.function(`
      Object.prototype.polluted = 'yes';
      Array.prototype.push = () => 'mine';
      a.__proto__.also = 'yes';
      a.list.length = 0;
      a.x = 'changed';
      return a;
    `);
    const given = { x: 1, list: [1, 2] };
    expect(call(given, 1)).toEqual({ x: 'changed', list: [] });
    expect(given).toEqual({ x: 1, list: [1, 2] });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(({} as { also?: unknown }).also).toBeUndefined();
    expect([].push).toBe(Array.prototype.push);
  });

  it('gives data: a key of the name __proto__ is a key', async () => {
    const call = await folder.function(`return JSON.parse('{"__proto__": {"polluted": "yes"}}')`);
    const given = call(1, 2) as { polluted?: unknown };
    expect(given.polluted).toBeUndefined();
    expect(Object.keys(given)).toEqual(['__proto__']);
  });

  it.each([
    ['a function', 'return () => 1'],
    ['a symbol', 'return Symbol("x")'],
    ['a promise', 'return Promise.resolve(1)'],
    ['a set', 'return new Set()'],
    ['a list that holds itself', 'const l = []; l.push(l); return l'],
  ])('gives no more than data: %s is refused', async (_what, body) => {
    const call = await folder.function(body);
    expect(() => call(1, 2)).toThrow(/no value|cannot cross/);
  });

  it('cannot answer in the place of the sandbox', async () => {
    const call = await folder.function(`
      JSON.stringify = () => '{"forged": ';
      Float64Array.prototype.constructor = null;
      return { x: 1 };
    `);
    expect(() => call(1, 2)).toThrow();
  });

  it('knows no zone of the machine', async () => {
    const call = await folder.function(
      'return [new Date(0).getHours(), new Date(2013, 0, 1).getTime(), String(new Date(0))]',
    );
    expect(call(1, 2)).toEqual([0, Date.UTC(2013, 0, 1), 'Thu, 01 Jan 1970 00:00:00 GMT']);
    const parsed = await folder.function(
      'return [Date.parse("2013-01-01T00:00"), new Date("2013-01-01T00:00+08:00").getTime()]',
    );
    expect(parsed(1, 2)).toEqual([Date.UTC(2013, 0, 1), Date.UTC(2012, 11, 31, 16)]);
  });

  describe('is bounded', () => {
    const limits = { turns: 1_000_000, memoryBytes: 32 * 2 ** 20 };

    it.each([
      ['a loop without an end', 'for (;;);'],
      ['one that catches what stops it', 'for (;;) { try { for (;;); } catch {} }'],
      ['a regular expression without an end', 'return /(a+)+$/.test("a".repeat(40) + "b")'],
    ])('in turns: %s', async (_what, body) => {
      const call = await folder.function(body, limits);
      expect(() => call(1, 2)).toThrow(
        'function.mjs was stopped after 1000000 turns of loops and calls in one go: it may be in an endless loop',
      );
    });

    it('in memory', async () => {
      const call = await folder.function(
        'if (b) return b; const l = []; for (;;) l.push("x".repeat(100000) + l.length)',
        limits,
      );
      expect(() => call(1, 0)).toThrow('function.mjs was stopped: it needs more than 32 MiB');
      expect(call(1, 7)).toBe(7);
    });

    it('in depth', async () => {
      const call = await folder.function('const f = () => f() + 1; return b || f()', limits);
      expect(() => call(1, 0)).toThrow('function.mjs was stopped: its calls are too deep');
      expect(call(1, 7)).toBe(7);
    });

    it('in what the engine itself can take: then nothing more is asked of it', async () => {
      const call = await folder.function('return b || eval("(".repeat(1e5) + 1 + ")".repeat(1e5))', limits);
      expect(call(1, 7)).toBe(7);
      expect(() => call(1, 0)).toThrow(FatalError);
      expect(() => call(1, 7)).toThrow(
        /^The sandbox of function\.mjs broke: .*\. Start the service again, or set MILLRACE_EXTENSIONS_ISOLATION=process$/,
      );
    });

    it('while it is loaded', async () => {
      await expect(folder.load('loop.mjs', 'for (;;);', { loadingTurns: 1_000_000 })).rejects.toThrow(
        'loop.mjs was stopped',
      );
    });

    it('to the same turn each time: what is refused once is refused again', async () => {
      const call = await folder.function('let s = 0; for (let i = 0; i < a; i++) s += i; return s', {
        turns: 1_000_000,
      });
      const passes = (turns: number): boolean => {
        try {
          call(turns, 0);
          return true;
        } catch {
          return false;
        }
      };
      const sizes = [100_000, 700_000, 1_500_000, 3_000_000];
      const first = sizes.map(passes);
      expect(first[0]).toBe(true);
      expect(first.at(-1)).toBe(false);
      expect(sizes.map(passes)).toEqual(first);
    });
  });
});
