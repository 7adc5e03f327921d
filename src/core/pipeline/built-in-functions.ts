import { aqiBand, aqiPm25 } from '../air-quality/aqi';
import { nowcastPm25 } from '../air-quality/nowcast';
import { PoisonRecordError } from '../errors';
import { defineFunction, type FunctionDefinition } from './function-definition';
import { tableFunctions } from './table-functions';

const nothing = (): null => null;

/** Makes the record that is worked on a dead letter with this message, for values that no result may be made of. */
function reject(message: string): never {
  throw new PoisonRecordError('bad-value', message);
}

/** Functions beyond those of CEL. What is not measured has no index: null gives null. */
export const builtInFunctions: readonly FunctionDefinition[] = [
  defineFunction('aqi_pm25', '(double): int', aqiPm25),
  defineFunction('aqi_pm25', '(null): null', nothing),
  defineFunction('aqi_band', '(double): string', aqiBand),
  defineFunction('aqi_band', '(null): null', nothing),
  defineFunction('nowcast_pm25', '(list<dyn>): dyn', nowcastPm25),
  ...tableFunctions,
  defineFunction('reject', '(string): dyn', reject),
];
