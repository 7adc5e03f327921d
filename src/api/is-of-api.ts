import { PATH_METADATA } from '@nestjs/common/constants';

/**
 * Whether a controller serves `/v1`, which keys protect and limits bound. Told by the controller, because Express matches
 * a path in more than one spelling.
 */
export function isOfApi(controller: object): boolean {
  const path: unknown = Reflect.getMetadata(PATH_METADATA, controller);
  return typeof path === 'string' && /^\/?v1\b/.test(path);
}
