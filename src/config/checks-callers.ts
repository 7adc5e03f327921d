import { SetMetadata } from '@nestjs/common';

export const CHECKS_CALLERS = 'millrace.checks-callers';

/** Marks a controller that tells by itself who may call it: API keys are not asked for. */
export const ChecksCallers = (): ClassDecorator => SetMetadata(CHECKS_CALLERS, true);
