import { openKafkaLog } from './log-kafka';
import { describeRecordProducer } from './record-producer.conformance';

describeRecordProducer('kafka', openKafkaLog);
