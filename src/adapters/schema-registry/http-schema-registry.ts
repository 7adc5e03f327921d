import { z } from 'zod';
import { ConfigError, messageOf, TransientError } from '../../core/errors';
import type {
  SchemaFormat,
  SchemaReference,
  SchemaRegistry,
  SchemaText,
  SchemaVersion,
} from '../../core/ports/schema-registry.port';

export interface HttpSchemaRegistryOptions {
  /** Of Confluent's API: what comes before `/subjects`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

const DEADLINE_MS = 5_000;
const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';
const TYPES: Readonly<Record<SchemaFormat, string>> = { avro: 'AVRO', 'json-schema': 'JSON', protobuf: 'PROTOBUF' };
const FORMATS: Readonly<Record<string, SchemaFormat>> = { AVRO: 'avro', JSON: 'json-schema', PROTOBUF: 'protobuf' };

const references = z.array(z.object({ name: z.string(), subject: z.string(), version: z.number() })).nullish();
const schemaAnswer = z.object({ schema: z.string(), schemaType: z.string().nullish(), references });
const versionAnswer = schemaAnswer.extend({ id: z.number(), version: z.number(), subject: z.string() });
const idAnswer = z.object({ id: z.number() });
const compatibilityAnswer = z.object({ is_compatible: z.boolean(), messages: z.array(z.string()).nullish() });
const errorAnswer = z.object({ error_code: z.number().optional(), message: z.string().optional() });

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A registry with Confluent's API, version 7: Confluent's own, Apicurio's (`/apis/ccompat/v7`), Karapace, Redpanda. */
export class HttpSchemaRegistry implements SchemaRegistry {
  constructor(private readonly options: HttpSchemaRegistryOptions) {}

  async byId(id: number): Promise<SchemaText | undefined> {
    const answer = await this.found('GET', `/schemas/ids/${id}`);
    return answer && schemaOf(this.read(schemaAnswer, answer));
  }

  async version(subject: string, version: number | 'latest'): Promise<SchemaVersion | undefined> {
    const answer = await this.found('GET', `/subjects/${encodeURIComponent(subject)}/versions/${version}`);
    if (!answer) return undefined;
    const read = this.read(versionAnswer, answer);
    return { ...schemaOf(read), id: read.id, subject, version: read.version };
  }

  async register(subject: string, schema: SchemaText): Promise<number> {
    const answer = await this.ask('POST', `/subjects/${encodeURIComponent(subject)}/versions`, bodyOf(schema));
    if (answer.status === 409) {
      const why = faultOf(answer) + (await this.reasons(subject, schema));
      throw new ConfigError(`Subject ${subject} refuses the schema as incompatible: ${why}`);
    }
    return this.read(idAnswer, answer, `Subject ${subject} refuses the schema`).id;
  }

  async objections(subject: string, schema: SchemaText): Promise<readonly string[]> {
    const path = `/compatibility/subjects/${encodeURIComponent(subject)}/versions/latest?verbose=true`;
    const answer = await this.found('POST', path, bodyOf(schema));
    if (!answer) return [];
    const { is_compatible: isCompatible, messages } = this.read(compatibilityAnswer, answer, 'The schema is refused');
    if (isCompatible) return [];
    return messages && messages.length > 0 ? messages : ['it cannot read what the latest version wrote'];
  }

  /** What the registry wants of new versions where a subject says nothing of its own: BACKWARD, NONE, .. */
  async compatibility(): Promise<string> {
    const { compatibilityLevel } = this.read(
      z.object({ compatibilityLevel: z.string() }),
      await this.ask('GET', '/config'),
    );
    return compatibilityLevel;
  }

  /** A refusal may come without a reason, and the question beforehand with one. */
  private async reasons(subject: string, schema: SchemaText): Promise<string> {
    const reasons = await this.objections(subject, schema).catch(() => []);
    return reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
  }

  /** `undefined` for what is not there. */
  private async found(method: string, path: string, body?: string): Promise<Answer | undefined> {
    const answer = await this.ask(method, path, body);
    // An error of the API has a code; a 404 without comes from an address that is none of a registry.
    const isMissing = answer.status === 404 && errorAnswer.safeParse(answer.body).data?.error_code !== undefined;
    return isMissing ? undefined : answer;
  }

  private async ask(method: string, path: string, body?: string): Promise<Answer> {
    const { url, username, password } = this.options;
    const { origin, address, authorization } = addressOf(url, username, password);
    try {
      const response = await fetch(`${address}${path}`, {
        method,
        headers: { accept: `${MEDIA_TYPE}, application/json`, 'content-type': MEDIA_TYPE, ...authorization },
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      return { status: response.status, body: await jsonOf(response) };
    } catch (error) {
      throw new TransientError(`The schema registry at ${origin} does not answer: ${causeOf(error)}`, { cause: error });
    }
  }

  /** Throws ConfigError for what it refuses, TransientError for every other answer that is none. */
  private read<Shape extends z.ZodType>(shape: Shape, answer: Answer, refusal = ''): z.output<Shape> {
    const { status } = answer;
    if (refusal !== '' && (status === 400 || status === 422)) throw new ConfigError(`${refusal}: ${faultOf(answer)}`);
    const parsed = status < 300 ? shape.safeParse(answer.body) : undefined;
    if (parsed?.success) return parsed.data;
    const { origin } = addressOf(this.options.url);
    const remedy = status === 401 || status === 403 ? '; set MILLRACE_SCHEMA_REGISTRY_USERNAME and _PASSWORD' : '';
    throw new TransientError(`The schema registry at ${origin} answers ${status}: ${faultOf(answer)}${remedy}`);
  }
}

function schemaOf({ schema, schemaType, references: used }: z.output<typeof schemaAnswer>): SchemaText {
  const format = FORMATS[schemaType ?? 'AVRO'];
  if (!format) throw new TransientError(`The schema registry knows a type of schemas that is new: ${schemaType}`);
  return { format, text: schema, references: (used ?? []) satisfies readonly SchemaReference[] };
}

function bodyOf({ format, text, references: used }: SchemaText): string {
  return JSON.stringify({ schema: text, schemaType: TYPES[format], ...(used.length > 0 && { references: used }) });
}

/** The password may be in the address too; messages show the rest. */
function addressOf(url: string, username?: string, password?: string) {
  const parsed = new URL(url);
  const [user, secret] = [
    username ?? decodeURIComponent(parsed.username),
    password ?? decodeURIComponent(parsed.password),
  ];
  const credentials = user === '' ? undefined : Buffer.from(`${user}:${secret}`).toString('base64');
  parsed.username = parsed.password = '';
  return {
    origin: parsed.origin,
    address: parsed.href.replace(/\/+$/, ''),
    authorization: credentials === undefined ? {} : { authorization: `Basic ${credentials}` },
  };
}

async function jsonOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return { message: text.slice(0, 200) };
  }
}

function faultOf({ status, body }: Answer): string {
  const message = errorAnswer.safeParse(body).data?.message ?? '';
  return message === '' ? `no reason is given (${status})` : message.replace(/\s+/g, ' ').slice(0, 1_000);
}

/** `fetch failed` says nothing, its cause does. */
function causeOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  return messageOf(cause ?? error);
}
