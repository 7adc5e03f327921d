/** One category of the index: concentrations in tenths of µg/m³ and the index at its ends. */
interface Band {
  readonly name: string;
  readonly lowTenths: number;
  readonly highTenths: number;
  readonly lowIndex: number;
  readonly highIndex: number;
}

const band = (name: string, [low, high]: [number, number], [lowIndex, highIndex]: [number, number]): Band => ({
  name,
  lowTenths: Math.round(low * 10),
  highTenths: Math.round(high * 10),
  lowIndex,
  highIndex,
});

/** US EPA, 40 CFR part 58, appendix G, table 2, as of 6 May 2024: PM2.5 over 24 hours. */
const BANDS: readonly Band[] = [
  band('good', [0.0, 9.0], [0, 50]),
  band('moderate', [9.1, 35.4], [51, 100]),
  band('unhealthy for sensitive groups', [35.5, 55.4], [101, 150]),
  band('unhealthy', [55.5, 125.4], [151, 200]),
  band('very unhealthy', [125.5, 225.4], [201, 300]),
];

/** Has no end: beyond 325.4 its line goes on, as EPA reports what is beyond the index. */
const HAZARDOUS = band('hazardous', [225.5, 325.4], [301, 500]);

/** What binary fractions such as 35.4 may be off by, in tenths. */
const ROUNDING = 1e-6;

/** EPA cuts concentrations to a tenth, it does not round them. Below 0, where sensors drift, is 0. */
function tenthsOf(pm25: number): number {
  return Math.max(0, Math.floor(pm25 * 10 + ROUNDING));
}

function bandOf(tenths: number): Band {
  return BANDS.find(({ highTenths }) => tenths <= highTenths) ?? HAZARDOUS;
}

/**
 * The US Air Quality Index of a PM2.5 concentration in µg/m³ over 24 hours (or of a NowCast), a whole number. The
 * concentration is cut to a tenth first. Above 325.4 µg/m³, "beyond the AQI", the line of the last category goes on, so
 * that the index exceeds 500. Source: EPA-454/B-24-002, "Technical Assistance Document for the Reporting of Daily Air
 * Quality", May 2024.
 */
export function aqiPm25(pm25: number): number {
  const tenths = tenthsOf(pm25);
  const { lowTenths, highTenths, lowIndex, highIndex } = bandOf(tenths);
  return Math.round(((highIndex - lowIndex) / (highTenths - lowTenths)) * (tenths - lowTenths) + lowIndex);
}

/** The AQI category of a PM2.5 concentration in µg/m³, which is cut to a tenth first. Same source. */
export function aqiBand(pm25: number): string {
  return bandOf(tenthsOf(pm25)).name;
}
