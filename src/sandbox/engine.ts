import variant from '@jitl/quickjs-ng-wasmfile-release-sync';
import {
  newQuickJSWASMModuleFromVariant,
  newVariant,
  type QuickJSContext,
  type QuickJSHandle,
  type QuickJSRuntime,
} from 'quickjs-emscripten-core';
import { randomBytes } from 'node:crypto';
import { ConfigError, FatalError, messageOf } from '../core/errors';
import { BUFFER_BYTES, LANES } from './lanes';

/** Of the language's standard, which the types of Node leave out. */
declare const WebAssembly: {
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => EngineMemory;
};
interface EngineMemory {
  /** Another one after each growth. */
  readonly buffer: ArrayBuffer;
}

const PAGE_BYTES = 65_536;
/** What the engine is compiled for to begin with. */
const FIRST_PAGES = 256;
/** Node's own stack, which the engine's calls are on too, takes several times as much at such a depth. */
const STACK_BYTES = 256 * 1024;
const MARKER_BYTES = 64;

/** The engine asks whether to go on once in so many turns of loops and calls of functions. */
const TURNS_OF_A_TICK = 10_000;

export interface EngineLimits {
  /** Of the engine with all that is in it; a multiple of 64 KiB, from 16 MiB on. */
  readonly memoryBytes: number;
  /**
   * Turns of loops and calls of functions that one call from outside may take, to the nearest ten thousand. It is a number
   * of turns and no time so that a record that is refused is refused again when it is processed again.
   */
  readonly turns: number;
  /** The same, for loading. */
  readonly loadingTurns: number;
}

export const DEFAULT_LIMITS: EngineLimits = {
  memoryBytes: 256 * 2 ** 20,
  turns: 20_000_000,
  loadingTurns: 2_000_000_000,
};

/**
 * An engine for JavaScript of its own (QuickJS, compiled to WebAssembly): code in it has the language, a bounded heap and a
 * bounded number of turns, and nothing of this process. One for each module, so that one that breaks breaks no other.
 */
export class Engine {
  private ticks = 0;
  private mostTicks = 0;
  private broken: string | undefined;
  private shared: { readonly lanes: Float64Array; readonly bytes: Uint8Array } | undefined;

  private constructor(
    /** Names the engine's code in messages. */
    private readonly name: string,
    private readonly limits: EngineLimits,
    readonly context: QuickJSContext,
    readonly runtime: QuickJSRuntime,
    private readonly memory: EngineMemory,
    private readonly sharedAt: number,
  ) {
    runtime.setInterruptHandler(() => ++this.ticks > this.mostTicks);
  }

  /** Resolves with the engine and the memory that both sides see, as code in it sees it. */
  static async start(name: string, limits: EngineLimits): Promise<{ engine: Engine; buffer: QuickJSHandle }> {
    // The engine's own limit counts pieces and not bytes in this build; this one is of WebAssembly itself.
    const memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum: limits.memoryBytes / PAGE_BYTES });
    const wasm = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory: memory }));
    const runtime = wasm.newRuntime();
    runtime.setMaxStackSize(STACK_BYTES);
    const context = runtime.newContext();
    const marker = randomBytes(MARKER_BYTES);
    const initial = new Uint8Array(BUFFER_BYTES);
    initial.set(marker);
    const buffer = context.newArrayBuffer(initial.buffer);
    // Where the engine has put it is what its interface does not tell. It stays there: it is held for ever.
    const at = Buffer.from(memory.buffer).indexOf(marker);
    if (at < 0 || at % Float64Array.BYTES_PER_ELEMENT > 0) throw new FatalError('The sandbox has no memory in common');
    return { engine: new Engine(name, limits, context, runtime, memory, at), buffer };
  }

  /** Numbers that both sides see. */
  get lanes(): Float64Array {
    return this.views().lanes;
  }

  /** Bytes that both sides see. */
  get bytes(): Uint8Array {
    return this.views().bytes;
  }

  /** A view is of no use any more once the memory has grown. */
  private views(): { readonly lanes: Float64Array; readonly bytes: Uint8Array } {
    if (this.shared && this.shared.lanes.length > 0) return this.shared;
    const laneBytes = LANES * Float64Array.BYTES_PER_ELEMENT;
    const lanes = new Float64Array(this.memory.buffer, this.sharedAt, LANES);
    const bytes = new Uint8Array(this.memory.buffer, this.sharedAt + laneBytes, BUFFER_BYTES - laneBytes);
    return (this.shared = { lanes, bytes });
  }

  /** Calls a function of the sandbox with a text or nothing. The text that it gives is the caller's to ask for. */
  call(callee: QuickJSHandle, text: string | undefined, readsText: () => boolean): string | undefined {
    return this.within(this.limits.turns, (context) => {
      const given = text === undefined ? undefined : context.newString(text);
      const result =
        given === undefined
          ? context.callFunction(callee, context.undefined)
          : context.callFunction(callee, context.undefined, given);
      given?.dispose();
      const value = this.valueOf(result);
      const answer = readsText() ? context.getString(value) : undefined;
      value.dispose();
      return answer;
    });
  }

  /** Runs a script. Throws what it throws. */
  evaluate(code: string, file: string): QuickJSHandle {
    return this.load((context) => this.valueOf(context.evalCode(code, file, { type: 'global' })));
  }

  /** Calls a method of an object of the sandbox. Throws what it throws. */
  run(object: QuickJSHandle, method: string, ...args: readonly QuickJSHandle[]): QuickJSHandle {
    return this.load((context) => {
      const callee = context.getProp(object, method);
      return this.valueOf(context.callFunction(callee, context.undefined, ...args));
    });
  }

  textOf(handle: QuickJSHandle): string {
    return this.context.getString(handle);
  }

  /** The value of a result. Throws what the sandbox threw. */
  valueOf(result: ReturnType<QuickJSContext['callFunction']>): QuickJSHandle {
    if (result.error) throw this.stopped(result.error);
    return result.value;
  }

  /** Works with the engine while the turns of loading are allowed. Throws what `work` throws. */
  load<Result>(work: (context: QuickJSContext) => Result): Result {
    return this.within(this.limits.loadingTurns, work);
  }

  private within<Result>(turns: number, work: (context: QuickJSContext) => Result): Result {
    if (this.broken !== undefined) throw new FatalError(this.broken);
    this.ticks = 0;
    this.mostTicks = Math.ceil(turns / TURNS_OF_A_TICK);
    try {
      return work(this.context);
    } catch (thrown) {
      if (thrown instanceof FatalError || thrown instanceof ConfigError || thrown instanceof SandboxError) throw thrown;
      // Nothing in the sandbox throws here by its own doing: the engine itself is beyond repair.
      this.broken = `The sandbox of ${this.name} broke: ${messageOf(thrown)}. Start the service again, or set MILLRACE_EXTENSIONS_ISOLATION=process`;
      throw new FatalError(this.broken, { cause: thrown });
    }
  }

  /** What was thrown, as an error of ours. Frees it. */
  stopped(error: QuickJSHandle): Error {
    const dumped: unknown = this.context.dump(error);
    error.dispose();
    const told = toldBy(dumped);
    if (this.ticks <= this.mostTicks) return this.errorOf(told);
    const turns = this.mostTicks * TURNS_OF_A_TICK;
    return new SandboxError(
      `${this.name} was stopped after ${turns} turns of loops and calls in one go: it may be in an endless loop`,
    );
  }

  /** An error by its words, which tell where a bound of the engine was met: code in it may have caught and thrown that. */
  errorOf(told: Told): Error {
    if (told.message === 'out of memory') {
      return new SandboxError(`${this.name} was stopped: it needs more than ${this.limits.memoryBytes / 2 ** 20} MiB`);
    }
    if (/^(?:Maximum call stack|stack overflow)/.test(told.message)) {
      return new SandboxError(`${this.name} was stopped: its calls are too deep`);
    }
    return new SandboxError(placed(told));
  }

  /** For an answer that is none: code in the sandbox has changed what its answers are made with. */
  garbled(cause: unknown): FatalError {
    return new FatalError(`${this.name} answers with what is no value: it may have changed JSON or lists for all`, {
      cause,
    });
  }
}

/** What code in the sandbox threw, or why it was stopped: of the record or the call, not of all that come. */
export class SandboxError extends Error {
  override readonly name = 'Error';
}

/** An error of the sandbox in words. */
export interface Told {
  readonly name: string;
  readonly message: string;
  /** `file:line` in the module. */
  readonly place?: string | undefined;
}

export function placed({ message, place }: Told): string {
  return place === undefined ? message : `${message} (at ${place})`;
}

const PLACE = /([^\s()]+:\d+)(?::\d+)?\)?\s*$/m;

function toldBy(dumped: unknown): Told {
  if (typeof dumped !== 'object' || dumped === null) return { name: 'Error', message: String(dumped) };
  const { name = 'Error', message = '', stack = '' } = dumped as Readonly<Record<string, unknown>>;
  const text = String(message);
  const isSyntax = name === 'SyntaxError';
  return {
    name: String(name),
    message: isSyntax ? `SyntaxError: ${text}` : text,
    place: PLACE.exec(String(stack))?.[1],
  };
}
