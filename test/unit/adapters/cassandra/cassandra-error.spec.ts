import { errors, types } from 'cassandra-driver';
import { cassandraError } from '../../../../src/adapters/cassandra/cassandra-error';
import { ConfigError, FatalError, TransientError } from '../../../../src/core/errors';

const { responseErrorCodes: code } = types;
const answer = (number: number): Error => new errors.ResponseError(number, 'said the server');
const noHost = (answers: Readonly<Record<string, unknown>>): Error => new errors.NoHostAvailableError(answers);

describe('cassandraError', () => {
  it.each([
    ['an overloaded server', answer(code.overloaded)],
    ['missing replicas', answer(code.unavailableException)],
    ['a write time-out', answer(code.writeTimeout)],
    ['a read time-out', answer(code.readTimeout)],
    ['a fault of the server', answer(code.serverError)],
    ['no answer', new errors.OperationTimedOutError('late', 'a:1')],
    ['a busy connection', new errors.BusyConnectionError('a:1', 2048, 1)],
    ['no host that is up', noHost({})],
    ['hosts that are down', noHost({ 'a:1': 'Host considered as DOWN', 'b:1': null })],
    ['one host away and one that refuses', noHost({ 'a:1': new Error('refused'), 'b:1': answer(code.unauthorized) })],
  ])('is transient for %s', (_, thrown) => {
    expect(cassandraError(thrown, 'writing to k.t')).toBeInstanceOf(TransientError);
  });

  it.each([
    ['a missing table', answer(code.invalid), 'compare the tables with what `millrace ddl` prints'],
    ['a wrong statement', answer(code.syntaxError), 'Cassandra 4.0 or later'],
    ['a missing permission', answer(code.unauthorized), 'grant the role'],
    ['a wrong password', new errors.AuthenticationError('no'), 'set the right user name'],
    ['wrong passwords everywhere', noHost({ 'a:1': new errors.AuthenticationError('no') }), 'set the right user name'],
    ['a value that cannot be encoded', new TypeError('Expected Number'), 'Expected Number'],
  ])('is fatal for %s, and says what to do', (_, thrown, remedy) => {
    const error = cassandraError(thrown, 'writing to k.t');
    expect(error).toBeInstanceOf(FatalError);
    expect(error.message).toContain('writing to k.t');
    expect(error.message).toContain(remedy);
  });

  it('is a wrong configuration for a data centre that no host is in', () => {
    const refused = noHost({ 'a:1': new errors.ArgumentError('only found hosts in data centers: [dc1]') });
    expect(cassandraError(refused, 'connecting')).toBeInstanceOf(ConfigError);
  });

  it('leaves an error alone that has its type already', () => {
    const error = new TransientError('known');
    expect(cassandraError(error, 'writing to k.t')).toBe(error);
  });
});
