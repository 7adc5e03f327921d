/** Categories of the US air quality index; the colours are those of the EPA, as names of CSS variables. */
const BANDS = [
  { upTo: 50, name: 'Good', colour: '--aqi-good' },
  { upTo: 100, name: 'Moderate', colour: '--aqi-moderate' },
  { upTo: 150, name: 'Unhealthy for sensitive groups', colour: '--aqi-sensitive' },
  { upTo: 200, name: 'Unhealthy', colour: '--aqi-unhealthy' },
  { upTo: 300, name: 'Very unhealthy', colour: '--aqi-very-unhealthy' },
  { upTo: Infinity, name: 'Hazardous', colour: '--aqi-hazardous' },
];

/** Undefined where there is no index. */
export const bandOfAqi = (aqi) => (typeof aqi === 'number' ? BANDS.find(({ upTo }) => aqi <= upTo) : undefined);
