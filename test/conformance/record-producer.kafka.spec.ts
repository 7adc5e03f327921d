import { openKafkaLog } from './log-kafka';
import { describeRecordProducer } from './record-producer.conformance';

// Joining a group and sending 9 MB take a second each, and many times that while other suites keep both cores busy.
jest.setTimeout(90_000);

describeRecordProducer('kafka', openKafkaLog);
