import { z } from 'zod';
import { byteSize, choice, choiceMessage, duration, positiveDuration, strict } from '../pipeline/schema-kit';
import { distinctNames } from '../pipeline/source-definition';

/** CEL; `feedExpressions` checks them: places of syntax errors are lost inside a schema. */
const expression = () => z.string();

const headers = () =>
  z.record(z.string().regex(/^[A-Za-z0-9-]+$/, { error: 'this is no name of a header' }), z.string());

const csvSchema = strict({
  columns: distinctNames().optional().describe('Names of the cells; by default the first line has them'),
  delimiter: z.string().length(1).default(',').describe('Between two cells'),
});

const format = () =>
  choice(['json', 'ndjson', 'csv']).default('json').describe('Of the answer: one document, one a line, or cells');

const pagesSchema = strict({
  more: expression().optional().describe('CEL: whether another page follows; sees body, items and page'),
  next: expression().optional().describe('CEL: the address of the next page, or null when this one is the last'),
  max: z.int().min(1).max(1000).default(10).describe('Pages of one poll at most'),
}).superRefine((pages, context) => {
  if (pages.more !== undefined || pages.next !== undefined) return;
  context.addIssue({ code: 'custom', message: 'more or next is needed: how else is the last page known' });
});

const cursorSchema = strict({
  start: expression().describe('CEL: where the first poll begins; sees now'),
  next: expression().describe('CEL: the cursor after a poll; sees cursor, body, items and now'),
  due: expression()
    .optional()
    .describe('CEL: whether there is anything to fetch at the cursor; while there is, polls follow each other'),
});

const breakerSchema = strict({
  failures: z.int().min(1).max(1000).default(5).describe('Failed polls in a row that open the circuit'),
  pause: positiveDuration().prefault('1m').describe('How long nothing is asked then; one try follows'),
});

const rateLimitSchema = strict({
  requests: z.int().min(1).max(100_000).describe('So many requests'),
  per: positiveDuration().describe('In so long a time'),
});

const httpPollSchema = strict({
  kind: choice(['http-poll']),
  url: z
    .string()
    .refine(isHttpUrl, { error: 'an address that begins with http:// or https:// is needed' })
    .describe('What is asked for'),
  query: z.record(z.string(), expression()).optional().describe('CEL by parameter; sees cursor, page and now'),
  headers: headers().optional().describe('Of each request'),
  every: positiveDuration().optional().describe('Time from one poll to the next'),
  cron: z.string().optional().describe('The times of polls, in five or six fields; instead of every'),
  zone: z.string().default('UTC').describe('Whose clocks cron is for'),
  timeout: positiveDuration().prefault('10s').describe('For one request, its answer included'),
  format: format(),
  csv: csvSchema.prefault({}),
  maxBytes: byteSize(1024, 64 * 1024 * 1024)
    .prefault('8MiB')
    .describe('A larger answer is refused'),
  pages: pagesSchema.optional().describe('How the rest of a long answer is asked for'),
  cursor: cursorSchema.optional().describe('Where the feed stands; kept with what it has produced'),
  rateLimit: rateLimitSchema.optional().describe('What the upstream allows; its own answers are honoured besides'),
  breaker: breakerSchema.prefault({}),
}).superRefine((source, context) => {
  if ((source.every === undefined) !== (source.cron === undefined)) return;
  const message = source.every === undefined ? 'every or cron is needed' : 'cron and every exclude each other';
  context.addIssue({ code: 'custom', path: [source.every === undefined ? 'every' : 'cron'], message });
});

const rate = () =>
  z.number().gt(0).max(1_000_000).describe('Records a second; they are produced in batches, four times a second');

const fileSchema = strict({
  kind: choice(['file']),
  path: z.string().min(1).describe('CSV or NDJSON, gzip or not; from the folder in which the service runs'),
  format: choice(['csv', 'ndjson']).optional().describe("Told by the file's name when absent"),
  rate: rate().default(1000),
  loop: z.boolean().default(false).describe('Whether it begins again at its end'),
});

const generatorSchema = strict({
  kind: choice(['generator']),
  seed: z.int().min(0).default(1).describe('Record n is the same for every run with this seed'),
  rate: rate(),
  count: z.int().min(1).optional().describe('It ends after so many records'),
});

const signatureSchema = strict({
  header: z.string().min(1).default('X-Signature').describe('Where the sender puts it'),
  secret: z.string().min(8, { error: 'at least 8 characters are needed' }).describe('What both sides know'),
  algorithm: choice(['sha256', 'sha512']).default('sha256'),
  encoding: choice(['hex', 'base64']).default('hex'),
  prefix: z.string().default('').describe('What stands before it, such as sha256='),
});

const webhookSchema = strict({
  kind: choice(['webhook']),
  signature: signatureSchema.describe('HMAC over the body, by which the sender is known; no API key is needed'),
  deliveryId: z
    .string()
    .min(1)
    .default('Idempotency-Key')
    .describe('Header that is the same when a delivery is repeated'),
});

const KINDS = ['http-poll', 'file', 'webhook', 'generator'] as const;

export const feedSourceSchema = z.discriminatedUnion(
  'kind',
  [httpPollSchema, fileSchema, webhookSchema, generatorSchema],
  {
    error: (issue) =>
      issue.code === 'invalid_union' ? choiceMessage((issue.input as { kind?: unknown })?.kind, KINDS, []) : undefined,
  },
);

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

export type FeedSourceDefinition = z.output<typeof feedSourceSchema>;
export type HttpPollDefinition = z.output<typeof httpPollSchema>;
export type FileFeedDefinition = z.output<typeof fileSchema>;
export type GeneratorDefinition = z.output<typeof generatorSchema>;
export type WebhookDefinition = z.output<typeof webhookSchema>;

/** How far ahead of the clock the time of a record may lie. */
export const maxAhead = () => duration().prefault('1h').describe('A record whose time lies further ahead is refused');
