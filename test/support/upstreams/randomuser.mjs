import { createHash } from 'node:crypto';
import { startUpstream } from './upstream.mjs';

const PEOPLE = [
  ['female', 'Ida', 'Sørensen', 'Denmark', 'DK'],
  ['male', 'José', 'Álvarez', 'Spain', 'ES'],
  ['female', 'آوا', 'حسینی', 'Iran', 'IR'],
  ['male', 'Ольга', 'Шевченко', 'Ukraine', 'UA'],
  ['female', 'अनन्या', 'शर्मा', 'India', 'IN'],
  ['male', '𠮷田', '太郎 🚀', 'Japan', 'JP'],
  ['female', 'Zoë', "O'Brien", 'Ireland', 'IE'],
  ['male', 'Lucas', 'Martin', 'France', 'FR'],
  ['female', 'Mia', 'Schneider', 'Germany', 'DE'],
  ['male', 'Noah', 'Smith', 'United States', 'US'],
];

/** randomuser.me's `/api/?results&page&seed`: people who exist nowhere, never the same one twice unless the seed is given. */
export function startRandomUser({ now = Date.now, ...options } = {}) {
  let served = 0;
  return startUpstream(
    {
      '/api/': (url) => {
        const results = Math.min(Number(url.searchParams.get('results') ?? 1), 5000);
        const seed = url.searchParams.get('seed') ?? `run-${(served += results)}`;
        const page = Number(url.searchParams.get('page') ?? 1);
        const users = Array.from({ length: results }, (_, i) => user(`${seed}/${page}/${i}`, now()));
        return { body: { results: users, info: { seed, results, page, version: '1.4' } } };
      },
    },
    options,
  );
}

function user(name, nowMs) {
  const bytes = createHash('sha256').update(name).digest();
  const hex = bytes.toString('hex');
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  const [gender, first, last, country, nat] = PEOPLE[bytes[0] % PEOPLE.length];
  const age = 18 + (bytes[1] % 60);
  const born = new Date(Date.UTC(new Date(nowMs).getUTCFullYear() - age, bytes[2] % 12, 1 + (bytes[3] % 28)));
  const username = `user${hex.slice(0, 6)}`;
  const picture = (size) => `https://randomuser.me/api/portraits/${size}men/${bytes[4] % 100}.jpg`;
  return {
    ...{ gender, name: { title: 'Mx', first, last } },
    location: {
      street: { number: bytes[5], name: 'Main Street' },
      ...{ city: 'Springfield', state: 'North', country, postcode: 10_000 + bytes.readUInt16BE(6) },
      ...{ coordinates: { latitude: '0.0', longitude: '0.0' }, timezone: { offset: '0:00', description: 'UTC' } },
    },
    ...{ email: `${username}@example.com`, login: { uuid, username, password: 'secret', salt: 'x', md5: 'x' } },
    ...{ dob: { date: born.toISOString(), age }, registered: { date: '2015-05-01T12:00:00.000Z', age: 9 } },
    ...{ phone: `555-${bytes.readUInt16BE(8)}`, cell: '555-0100', id: { name: 'SSN', value: '000-00-0000' } },
    ...{ picture: { large: picture(''), medium: picture('med/'), thumbnail: picture('thumb/') }, nat },
  };
}
