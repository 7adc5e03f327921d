/** Upper ends of the AQI categories for PM2.5 in µg/m³: US EPA, 40 CFR part 58, appendix G, as of May 2024. */
const AQI_BANDS: readonly (readonly [number, string])[] = [
  [9.0, 'good'],
  [35.4, 'moderate'],
  [55.4, 'unhealthy for sensitive groups'],
  [125.4, 'unhealthy'],
  [225.4, 'very unhealthy'],
];

/** The AQI category of a PM2.5 concentration, which is cut to a tenth first, as EPA asks. */
export function aqiBand(pm25: number): string {
  const tenths = Math.floor(pm25 * 10 + 1e-6) / 10;
  return AQI_BANDS.find(([upper]) => tenths <= upper)?.[1] ?? 'hazardous';
}
