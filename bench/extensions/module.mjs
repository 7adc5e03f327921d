// Extensions that bench/extensions.mjs loads both ways.
import { avg, cel, count, custom, defineAggregate, defineFunction, FatalError, json, live } from 'millrace';
import { numberArgument, pipeline, topic, tumbling } from 'millrace';
import { z } from 'zod';

const Reading = z.object({
  k: z.string(),
  at: z.number(),
  pm25: z.number().nonnegative().nullable(),
  temperature: z.number(),
  humidity: z.number(),
});

/** Dew point in °C: Magnus formula. */
const dewPoint = defineFunction(
  'dew_point',
  '(double, double): double',
  (temperature, humidity) => {
    const gamma = Math.log(humidity / 100) + (17.62 * temperature) / (243.12 + temperature);
    return (243.12 * gamma) / (17.62 - gamma);
  },
  1,
);

class GeometricMean {
  name = 'geometric_mean';

  init() {
    return { logarithms: 0, count: 0 };
  }

  add(state, value) {
    if (value <= 0) return;
    state.logarithms += Math.log(value);
    state.count += 1;
  }

  merge(into, from) {
    into.logarithms += from.logarithms;
    into.count += from.count;
  }

  result({ logarithms, count: n }) {
    return n === 0 ? null : Math.exp(logarithms / n);
  }

  encode({ logarithms, count: n }, writer) {
    writer.uint8(1);
    writer.float64(logarithms);
    writer.float64(n);
  }

  decode(reader) {
    if (reader.uint8() !== 1) throw new FatalError('The state of geometric_mean is of another version');
    return { logarithms: reader.float64(), count: reader.float64() };
  }
}

const geometricMean = defineAggregate({
  name: 'geometric_mean',
  version: 1,
  parameters: [numberArgument('x')],
  result: 'number',
  guarantee: 'exact but for rounding',
  space: '17 bytes',
  create: () => new GeometricMean(),
});

const unchecked = (name) =>
  pipeline(name, { extensions: { functions: [dewPoint] } }).from(
    topic('in', json(Reading, { check: false }), { time: { field: 'at' } }),
  );
const counted = (stage, aggregates) =>
  stage
    .by('k')
    .window(tumbling('1m'))
    .aggregate({ n: count(), ...aggregates })
    .emit({ on: 'close' })
    .to(live());
const dewed = (name) => unchecked(name).derive({ dew: cel('dew_point(temperature, humidity)') });

export const pipelines = [
  counted(unchecked('nothing'), { mean: avg('pm25') }),
  counted(dewed('function'), { mean: avg('dew') }),
  counted(unchecked('aggregate'), { typical: custom(geometricMean, 'pm25') }),
  counted(dewed('function-and-aggregate'), { typical: custom(geometricMean, 'pm25'), mean: avg('dew') }),
  counted(pipeline('schema').from(topic('in', json(Reading), { time: { field: 'at' } })), { mean: avg('pm25') }),
  counted(
    unchecked('record-functions')
      .where((reading) => reading.pm25 !== null)
      .derive({ twice: (reading) => reading.pm25 * 2 }),
    { mean: avg('twice') },
  ),
];
