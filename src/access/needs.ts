import { type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';
import type { Scope } from '../config/api-keys';

const NEEDS = 'millrace.needs';

/** What a key must allow for a handler that does not follow from its method: GET needs `read`, all else `operate`. */
export const Needs = (scope: Scope): MethodDecorator => SetMetadata(NEEDS, scope);

export function scopeNeeded(context: ExecutionContext): Scope {
  const said = Reflect.getMetadata(NEEDS, context.getHandler()) as Scope | undefined;
  if (said !== undefined) return said;
  const { method } = context.switchToHttp().getRequest<Request>();
  return method === 'GET' || method === 'HEAD' ? 'read' : 'operate';
}
