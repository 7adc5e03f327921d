import { readingsByHour } from './readings.mjs';
import { startUpstream } from './upstream.mjs';

/** What a sensor is registered with: limits beyond which its readings are an alert. */
const REGISTERED = { model: 'TH-200', temperature_min: -15, temperature_max: 33, humidity_max: 95, pressure_min: 990 };

/**
 * A gateway that has the newest reading of each of its sensors (`/readings`) and their registry (`/sensors`). Its five
 * sensors live through the shipped weather, `hoursPerSecond` of it in each second, and begin anew at its end.
 */
export function startSensorGateway({ now = Date.now, hoursPerSecond = 1, ...options } = {}) {
  const hours = [...readingsByHour().values()];
  const startMs = now();
  return startUpstream(
    {
      '/readings': () => {
        const passed = Math.floor(((now() - startMs) / 1000) * hoursPerSecond);
        const at = new Date(now()).toISOString();
        return { body: { gateway: 'gw-1', readings: hours[passed % hours.length].map((row) => reading(row, at)) } };
      },
      '/sensors': () => {
        const sensors = hours[0].map(({ location }) => ({ sensor_id: sensorOf(location), location, ...REGISTERED }));
        return { body: { sensors }, etag: '"sensors-1"' };
      },
    },
    options,
  );
}

function reading({ location, temperature_c, humidity_pct, pressure_hpa }, at) {
  const sensor_id = sensorOf(location);
  return { sensor_id, location, temperature: temperature_c, humidity: humidity_pct, pressure: pressure_hpa, at };
}

function sensorOf(location) {
  return `sensor-${location.split(' ')[0].toLowerCase()}`;
}
