import type { PartitionExtent, SourceRecord } from '../../core/ports/record-source.port';
import type { LetterPorts } from './letter-topic';
import type { StoredLetter } from './stored-letter';

/** Records in the source topic of which a letter has a part only, because they are too large for its topic. */
export class WholeRecords {
  constructor(private readonly ports: LetterPorts) {}

  /** `undefined` when the source has the record no more. Throws TransientError when the log cannot be reached. */
  async of({ source }: StoredLetter): Promise<Pick<SourceRecord, 'key' | 'value'> | undefined> {
    const { topic, partition, offset } = source;
    const extent = (await this.ports.topics.extents(topic)).get(partition);
    if (!extent || !holds(extent, offset)) return undefined;
    const [first] = (await this.ports.topicReader.read(topic, partition, offset)).records;
    return first?.offset === offset ? first : undefined;
  }
}

function holds({ earliest, end }: PartitionExtent, offset: bigint): boolean {
  return earliest <= offset && offset < end;
}
