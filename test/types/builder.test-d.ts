/* eslint-disable @typescript-eslint/no-unsafe-call -- what does not compile has no types */
import {
  arg_max,
  avg,
  avro,
  calendar,
  cassandra,
  cel,
  count,
  custom,
  defineAggregate,
  first,
  global,
  kafka,
  live,
  redis,
  numberArgument,
  redisTable,
  pipeline,
  type RowOf,
  session,
  top_k,
  top_k_each,
  topic,
  json,
  tumbling,
  vwap,
  wholeNumber,
} from '../../src';
import type { Aggregator } from '../../src';
import { holds, type Same } from './expect-type';
import { Reading, readings, sourced } from './reading';

const windowed = sourced.by('location').window(tumbling('1h'));
const daily = windowed.aggregate({ mean: avg('pm25'), name: first('sensor'), top: top_k('sensor', 3), n: count() });

// The types of rows follow from the record, the key, the window and the aggregates.
export const written = daily.to(live());
daily.to(redis('leaderboard', { member: 'key.location', score: 'readings', ttl: '7d' }));
// @ts-expect-error a leaderboard needs a score
daily.to(redis('leaderboard', { member: 'key.location' }));
type Daily = RowOf<typeof written>;
holds<Same<Daily['key'], { readonly location: string }>>();
holds<Same<Daily['values']['mean'], number | null>>();
holds<Same<Daily['values']['name'], string | null>>();
holds<Same<Daily['values']['n'], number>>();
holds<Same<Daily['values']['top'][number]['value'], string>>();
holds<Same<Daily['values']['top'][number]['count'], number>>();
holds<Same<Daily['window']['start'], string>>();

export const tagged = windowed.aggregate({ tags: top_k_each('tags', 3) }).to(live());
holds<Same<RowOf<typeof tagged>['values']['tags'][number]['value'], string>>();
holds<Same<RowOf<typeof tagged>['values']['tags'][number]['count'], number>>();

export const sessions = sourced.by('location').window(session('5m')).aggregate({ n: count() }).to(live());
holds<Same<RowOf<typeof sessions>['deleted'], true | undefined>>();
holds<Same<undefined extends RowOf<typeof sessions>['values'] ? true : false, true>>();

export const stateless = sourced.derive({ hot: (r) => (r.temperature ?? 0) > 30 }).to(kafka('hot'));
holds<Same<RowOf<typeof stateless>['values']['hot'], boolean>>();
holds<Same<RowOf<typeof stateless>['values']['pm25'], number | null>>();

// Without a Zod schema the types are said, not inferred.
interface User {
  readonly id: string;
  readonly age: number;
}
const users = pipeline('users').from(topic('users', avro<User>({ text: '{}' }), { personal: ['name'] }));
users
  .by('id')
  .window(global())
  .aggregate({ mean: avg('age') });
const peopleById = users.by('id').window(global());
peopleById.aggregate({ mean: avg('age') });
// @ts-expect-error avg needs a number
peopleById.aggregate({ mean: avg('id') });
// @ts-expect-error a field that the record does not have
topic('users', avro<User>(), { time: { field: 'at' } });

// where
sourced.where((r) => r.pm25 !== null && r.pm25 >= 0);
sourced.where('pm25 != null');
// @ts-expect-error a field that the record does not have
sourced.where((r) => r.pm10 > 0);
// @ts-expect-error pm25 may be null
sourced.where((r) => r.pm25 >= 0);
// @ts-expect-error a condition is a boolean
sourced.where((r) => r.pm25);
// @ts-expect-error where runs before derive
sourced.derive({ a: () => 1 }).where('a > 0');
// @ts-expect-error a function must not change the record
sourced.where((r) => (r.location = 'x') === 'x');

// lookup
interface Post {
  readonly city: string;
  readonly height: number;
}
const posts = redisTable<Post>('posts');
export const enriched = sourced.lookup('post', posts, { on: 'location', missing: 'drop' });
enriched.where((r) => r.post.height > 10).derive({ city: (r) => r.post.city });
// @ts-expect-error an entry may be missing
sourced.lookup('post', posts, { on: 'location' }).where((r) => r.post.height > 10);
// @ts-expect-error a field that the record does not have
sourced.lookup('post', posts, { on: 'post' });

// derive
sourced
  .derive({ twice: cel<number>('pm25 * 2') })
  .by('location')
  .window(tumbling('1h'))
  .aggregate({ a: avg('twice') });
sourced.derive({ a: (r) => r.location.length }).derive({ b: (r) => r.a + 1 });
const ofText = sourced.derive({ twice: 'pm25 * 2' }).by('location').window(tumbling('1h'));
// @ts-expect-error what CEL gives is not known to be a number
ofText.aggregate({ a: avg('twice') });
// @ts-expect-error a date is no JSON
sourced.derive({ at: (r) => new Date(r.observed_at) });

// by
sourced.by('location', 'sensor');
// @ts-expect-error a field that the record does not have
sourced.by('post');
// @ts-expect-error a list cannot identify a row
sourced.by('tags');
// @ts-expect-error at least one field
sourced.by();

// window
sourced.by('location').window(calendar('day', { zone: 'Asia/Shanghai', grace: '1h' }));
sourced.by('location').window(calendar('day', { zoneField: 'zone' }));
// @ts-expect-error a number names no zone
sourced.by('location').window(calendar('day', { zoneField: 'pm25' }));
// @ts-expect-error a calendar window needs a zone
calendar('day', {});
// @ts-expect-error no such unit
calendar('fortnight', { zone: 'UTC' });
// @ts-expect-error a duration has a unit
tumbling('10');
// @ts-expect-error no key
sourced.window(tumbling('1h'));

// aggregate
windowed.aggregate({ v: vwap('pm25', 'temperature'), where: arg_max('location', 'pm25'), c: avg(cel('pm25 * 2.0')) });
// @ts-expect-error avg needs a number
windowed.aggregate({ mean: avg('location') });
// @ts-expect-error a field that the record does not have
windowed.aggregate({ mean: avg('pm10') });
// @ts-expect-error first of a field that the record does not have
windowed.aggregate({ name: first('pm10') });
// @ts-expect-error the second of arg_max is a number
windowed.aggregate({ name: arg_max('pm25', 'location') });
// @ts-expect-error by is a number
windowed.aggregate({ top: top_k('sensor', 3, 'location') });
// @ts-expect-error a count window is no aggregate
windowed.aggregate({ n: count(5) });
// @ts-expect-error no window
sourced.by('location').aggregate({ n: count() });
// @ts-expect-error neither key nor window
sourced.aggregate({ n: count() });

// emit, late
const total = sourced.by('location').window(global()).aggregate({ n: count() });
daily.emit({ on: 'both', every: '1s' }).late({ amend: '7d' }).to(live());
daily.late('drop').emit({ on: 'close' });
// @ts-expect-error no such moment
daily.emit({ on: 'updates' });
// @ts-expect-error no such policy
daily.late('keep');
// @ts-expect-error no record is late in a window that never closes
total.late('drop');
// @ts-expect-error nor in one that counts
sourced.by('location').window(count(5)).aggregate({ n: count() }).late({ amend: '1d' });

// to
daily.to(cassandra('a.b', { p: 'key.location', s: 'window.start', m: 'mean', r: 'revision', x: cel('mean * 2.0') }));
// @ts-expect-error a key field that there is not
daily.to(cassandra('a.b', { p: 'key.sensor', s: 'window.start' }));
// @ts-expect-error an aggregate that there is not
daily.to(cassandra('a.b', { p: 'key.location', s: 'window.start', m: 'median' }));
// @ts-expect-error a property of windows that there is not
daily.to(cassandra('a.b', { p: 'key.location', s: 'window.begin' }));
// @ts-expect-error a global window has no start
total.to(cassandra('a.b', { s: 'window.start' }));
// @ts-expect-error a table has a keyspace
cassandra('pm25', { p: 'key.location' });
// @ts-expect-error at least one sink
daily.to();
// @ts-expect-error not complete without sinks
daily.build();
// @ts-expect-error not complete without aggregates
windowed.to(live());

// topic
// @ts-expect-error a list holds no time
topic('t', json(Reading), { time: { field: 'tags' } });
// @ts-expect-error a field that the record does not have
topic('t', json(Reading), { time: { field: 'at' } });
// @ts-expect-error where needs a source
pipeline('p').where('true');
pipeline('p').from(readings);

// Aggregates of one's own.
interface Power {
  sum: number;
}
declare class PowerMean implements Aggregator<Power, number> {
  constructor(power: number);
  readonly name: string;
  init(): Power;
  add(state: Power, value: number): void;
  merge(into: Power, from: Power): void;
  result(state: Power): { mean: number };
  encode(): void;
  decode(): Power;
}
const powerMean = defineAggregate({
  ...{ name: 'power_mean', version: 1, result: '{mean}', guarantee: 'exact', space: '8 bytes' },
  parameters: [numberArgument('x'), wholeNumber('p', 1, 9)],
  create: (p) => new PowerMean(p),
});
export const powers = windowed.aggregate({ power: custom(powerMean, 'pm25', 3) }).to(live());
holds<Same<RowOf<typeof powers>['values']['power']['mean'], number>>();
// @ts-expect-error its argument is a number
windowed.aggregate({ power: custom(powerMean, 'location', 3) });
// @ts-expect-error a constant is missing
custom(powerMean, 'pm25');
