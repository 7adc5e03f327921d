import type { Request } from 'express';
import { badParameter } from '../api/problem-details';
import { requestText } from '../api/request-text';
import type { JsonValue } from '../core/json';

const MAX_BODY_BYTES = 64 * 1024;

/** The body as JSON; an empty one is an empty object. Throws a 400 or 413. */
export async function requestBody(request: Request): Promise<JsonValue> {
  const text = await requestText(request, MAX_BODY_BYTES);
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    throw badParameter('body', 'It is no JSON. Send an object such as {"format":"csv"}, or nothing.');
  }
}
