/** Injection token of the service's MillraceConfig. */
export const CONFIG = Symbol('millrace.config');
