/**
 * Takes the clock, chance and the machine's zone out of the language, so that a record gives the same today as when it is
 * processed again. Imported before code of the user is there.
 */
const REMEDY = 'functions of extensions must give the same for the same record: use what the record says';

function absent(what: string): () => never {
  return () => {
    throw new Error(`${what} is not there in the sandbox: ${REMEDY}`);
  };
}

const MachineDate = Date;
const parseOfMachine = Date.parse.bind(Date);
const HAS_ZONE = /(?:Z|UTC|GMT|[+-]\d\d:?\d\d)\s*(?:\([^)]*\))?$/i;

/** Text without a zone is UTC, whatever the machine's zone is. */
function parse(text: string): number {
  return parseOfMachine(HAS_ZONE.test(text) ? text : utcText(text));
}

function utcText(text: string): string {
  return Number.isNaN(parseOfMachine(`${text}Z`)) ? `${text} GMT` : `${text}Z`;
}

function timeOf(args: readonly unknown[]): number {
  if (args.length === 0) absent('The clock (new Date())')();
  if (args.length > 1) return (MachineDate.UTC as (...parts: unknown[]) => number)(...args);
  const [given] = args;
  if (given instanceof MachineDate) return given.getTime();
  return typeof given === 'string' ? parse(given) : Number(given);
}

const StillDate = new Proxy(MachineDate, {
  apply: absent('The clock (Date())'),
  construct: (target, args: unknown[], newTarget) => Reflect.construct(target, [timeOf(args)], newTarget) as object,
});

function property(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

function withoutZone(prototype: Date): void {
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const utc = name.replace(/^([gs]et)(?!UTC)/, '$1UTC');
    const inUtc: unknown = prototype[utc as keyof Date];
    if (utc !== name && typeof inUtc === 'function') property(prototype, name, inUtc);
  }
  property(prototype, 'getTimezoneOffset', () => 0);
  const asText = (part: (text: string) => string) =>
    function (this: Date): string {
      return part(this.toUTCString());
    };
  for (const name of ['toString', 'toLocaleString'])
    property(
      prototype,
      name,
      asText((text) => text),
    );
  for (const name of ['toDateString', 'toLocaleDateString'])
    property(
      prototype,
      name,
      asText((text) => text.slice(0, 16)),
    );
  for (const name of ['toTimeString', 'toLocaleTimeString'])
    property(
      prototype,
      name,
      asText((text) => text.slice(17)),
    );
}

withoutZone(MachineDate.prototype);
property(MachineDate, 'now', absent('The clock (Date.now())'));
property(MachineDate, 'parse', parse);
property(MachineDate.prototype, 'constructor', StillDate);
property(globalThis, 'Date', StillDate);
property(Math, 'random', absent('Chance (Math.random())'));
for (const name of ['performance', 'WeakRef', 'FinalizationRegistry', 'SharedArrayBuffer', 'Atomics']) {
  Reflect.deleteProperty(globalThis, name);
}

export {};
