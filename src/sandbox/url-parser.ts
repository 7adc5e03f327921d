import type { QuickJSContext, QuickJSHandle } from 'quickjs-emscripten-core';

const PARTS = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const;

/**
 * The one thing of Node that code in the sandbox may ask for: to read an address as the URL standard says. It depends on the
 * text alone and reaches nothing; Zod needs it for addresses.
 */
export function urlParser(context: QuickJSContext): QuickJSHandle {
  return context.newFunction('parseUrl', (text, base) => {
    const url = URL.parse(context.getString(text), baseOf(context, base));
    return url
      ? context.newString(JSON.stringify(Object.fromEntries(PARTS.map((part) => [part, url[part]]))))
      : context.undefined;
  });
}

function baseOf(context: QuickJSContext, base: QuickJSHandle | undefined): string | undefined {
  return base && context.typeof(base) === 'string' ? context.getString(base) : undefined;
}
