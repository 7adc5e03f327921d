import { openMemoryLog } from './log-memory';
import { describeRecordProducer } from './record-producer.conformance';

describeRecordProducer('memory', openMemoryLog);
