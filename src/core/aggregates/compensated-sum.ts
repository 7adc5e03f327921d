import type { ByteReader, ByteWriter } from './bytes';

/**
 * A sum with Neumaier's compensation: `sum + compensation` carries about twice the digits of a double, so that the
 * order of the terms does not show in the 12th digit even when large terms cancel.
 * Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54 (1974).
 */
export interface CompensatedSum {
  sum: number;
  compensation: number;
}

export function addTo(total: CompensatedSum, term: number): void {
  const sum = total.sum + term;
  if (Math.abs(total.sum) >= Math.abs(term)) total.compensation += total.sum - sum + term;
  else total.compensation += term - sum + total.sum;
  total.sum = sum;
}

export function mergeSums(into: CompensatedSum, from: CompensatedSum): void {
  addTo(into, from.sum);
  into.compensation += from.compensation;
}

export function valueOf(total: CompensatedSum): number {
  return total.sum + total.compensation;
}

export function zeroSum(): CompensatedSum {
  return { sum: 0, compensation: 0 };
}

export function scale(total: CompensatedSum, factor: number): void {
  total.sum *= factor;
  total.compensation *= factor;
}

export function writeSum(writer: ByteWriter, total: CompensatedSum): void {
  writer.float64(total.sum);
  writer.float64(total.compensation);
}

export function readSum(reader: ByteReader): CompensatedSum {
  return { sum: reader.float64(), compensation: reader.float64() };
}
