import { openKafkaLog } from './log-kafka';
import { describeTopicAdmin } from './topic-admin.conformance';

describeTopicAdmin('kafka', openKafkaLog);
