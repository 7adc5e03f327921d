import { openMemoryLog } from './log-memory';
import { describeTopicAdmin } from './topic-admin.conformance';

describeTopicAdmin('memory', openMemoryLog);
