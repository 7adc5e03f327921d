/**
 * Loaded before a service: leads its connections to the ports that MILLRACE_TEST_LINKS names to other ports, as
 * `9092=41000,6379=41001`. So a test can cut one process off from servers that name their own addresses, as Kafka does.
 */
import { Socket } from 'node:net';

const ways = new Map((process.env.MILLRACE_TEST_LINKS ?? '').split(',').map((way) => way.split('=').map(Number)));
const { connect } = Socket.prototype;

Socket.prototype.connect = function connectByLink(...args) {
  // `net.connect` hands over a list of what it was given: options first.
  const [options] = Array.isArray(args[0]) ? args[0] : args;
  const way = ways.get(Number(options?.port));
  if (way !== undefined) options.port = way;
  return connect.apply(this, args);
};
