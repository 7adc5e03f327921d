const FRAME = /([^\s()]+?):(\d+)(?::\d+)?\)?$/;
/** Frames of what runs beside the module, and of code that was made at run time, say nothing to who wrote it. */
const UNTOLD = /^(?:guest\.js$|<)/;

/** `file:line` of the innermost frame in the module, of a stack of the sandbox's engine. */
export function placeIn(stack: string): string | undefined {
  for (const line of stack.split('\n')) {
    const [, file, at] = FRAME.exec(line.trim()) ?? [];
    if (file !== undefined && at !== undefined && !UNTOLD.test(file)) return `${file}:${at}`;
  }
  return undefined;
}
