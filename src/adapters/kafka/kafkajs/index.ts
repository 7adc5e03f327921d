/**
 * Where all of Millrace takes kafkajs from: first its inner functions are replaced, then it is loaded. The order of these
 * two lines is what makes it lean. Why: docs/adr/0011-lean-functions-inside-kafkajs.md.
 */
export { isLean } from './install';
export { AssignerProtocol, CompressionTypes, ConfigResourceTypes, Kafka, logLevel, PartitionAssigners } from 'kafkajs';
