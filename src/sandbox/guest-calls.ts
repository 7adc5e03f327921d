import type { QuickJSHandle } from 'quickjs-emscripten-core';
import { z } from 'zod';
import { ConfigError, FatalError } from '../core/errors';
import { celKinds } from './cel-kinds';
import { type Engine, placed } from './engine';
import { ANSWER, LANE, MOST_VALUES } from './lanes';
import { decodeValue, encodeValue } from './values';

/** Functions of `guest/calls.ts`. */
const FUNCTIONS = [
  ...(['callWithNumbers', 'callWithText', 'add', 'merge', 'init', 'result', 'drop'] as const),
  ...(['encode', 'takePart', 'givePart', 'decode'] as const),
] as const;
type GuestFunction = (typeof FUNCTIONS)[number];

const failure = z.object({
  kind: z.enum(['fatal', 'config', 'error']),
  name: z.string(),
  message: z.string(),
  place: z.string().optional(),
});

/** Calls into the sandbox. What comes back is taken for values and never for code. */
export class GuestCalls {
  private readonly handles: Readonly<Record<GuestFunction, QuickJSHandle>>;
  private readonly readsText = (): boolean => this.lanes[LANE.answer]! >= ANSWER.text;

  constructor(
    private readonly engine: Engine,
    guest: QuickJSHandle,
  ) {
    const handles = FUNCTIONS.map((name) => [name, engine.context.getProp(guest, name)] as const);
    this.handles = Object.fromEntries(handles) as Record<GuestFunction, QuickJSHandle>;
  }

  get lanes(): Float64Array {
    return this.engine.lanes;
  }

  get bytes(): Uint8Array {
    return this.engine.bytes;
  }

  /**
   * Calls a function of the module. Throws FatalError and ConfigError where it does, and SandboxError for all else that it
   * throws and where it was stopped; FatalError where the sandbox can do no more.
   */
  function(callee: number, args: readonly unknown[]): unknown {
    const { lanes } = this;
    lanes[LANE.of] = callee;
    if (args.length === 0 || args.length > MOST_VALUES || !args.every((arg) => typeof arg === 'number')) {
      return this.call('callWithText', encodeValue(args, celKinds));
    }
    lanes[LANE.count] = args.length;
    for (let i = 0; i < args.length; i++) lanes[LANE.values + i] = args[i]!;
    return this.call('callWithNumbers');
  }

  /** Calls a function whose other arguments are in the lanes. */
  call(name: GuestFunction, text?: string): unknown {
    const answer = this.engine.call(this.handles[name], text, this.readsText);
    const { lanes } = this;
    switch (lanes[LANE.answer] as (typeof ANSWER)[keyof typeof ANSWER]) {
      case ANSWER.number:
        return lanes[LANE.number];
      case ANSWER.true:
        return true;
      case ANSWER.false:
        return false;
      case ANSWER.text:
        return this.valueIn(answer!);
      case ANSWER.error:
        throw this.errorIn(answer!);
      default:
        throw this.engine.garbled(undefined);
    }
  }

  private valueIn(text: string): unknown {
    try {
      return decodeValue(text, celKinds);
    } catch (thrown) {
      throw this.engine.garbled(thrown);
    }
  }

  private errorIn(text: string): Error {
    const parsed = failure.safeParse(this.valueIn(text));
    if (!parsed.success) return this.engine.garbled(parsed.error);
    const { kind, ...told } = parsed.data;
    if (kind === 'error') return this.engine.errorOf(told);
    return kind === 'fatal' ? new FatalError(placed(told)) : new ConfigError(placed(told));
  }
}
