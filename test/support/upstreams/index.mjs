import { startAirNow } from './airnow.mjs';
import { startCoinlore } from './coinlore.mjs';
import { startRandomUser } from './randomuser.mjs';
import { startSensorGateway } from './sensor-gateway.mjs';

/**
 * All of them, for a demonstration: `environment` points the shipped feeds to them, lets them poll more often than the real
 * services would like, and plays the three years of readings in about half a minute.
 */
export async function startUpstreams() {
  const [airNow, coinlore, randomUser, gateway] = await Promise.all([
    startAirNow(),
    startCoinlore(),
    startRandomUser(),
    startSensorGateway(),
  ]);
  const all = [airNow, coinlore, randomUser, gateway];
  return {
    environment: {
      ...{ AIRNOW_URL: airNow.url, AIRNOW_SPAN: '72h', AIRNOW_PACE: '100ms' },
      AIRNOW_START: 'timestamp("2012-12-31T16:00:00Z")',
      AIRNOW_END: 'timestamp("2015-12-31T16:00:00Z")',
      ...{ COINLORE_URL: coinlore.url, COINLORE_EVERY: '2s', RANDOMUSER_URL: randomUser.url, RANDOMUSER_EVERY: '2s' },
      ...{ SENSOR_GATEWAY_URL: gateway.url, SENSOR_GATEWAY: 'true', SENSOR_GATEWAY_EVERY: '1s' },
      ...{ CAMERA_GATEWAY: 'true', READING_APP: 'true' },
    },
    close: () => Promise.all(all.map((upstream) => upstream.close())),
  };
}
