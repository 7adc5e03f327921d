import { defineFunction } from 'millrace';

const A = 17.62;
const B = 243.12;

/** Dew point in °C of a temperature in °C and a relative humidity in %. Magnus formula, constants of WMO-No. 8. */
function magnus(temperature: number, humidity: number): number {
  const gamma = Math.log(humidity / 100) + (A * temperature) / (B + temperature);
  return (B * gamma) / (A - gamma);
}

export const dewPoint = defineFunction('dew_point', '(double, double): double', magnus, 1);
