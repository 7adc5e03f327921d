import { FatalError } from '../core/errors';
import type { PipelineContext } from './task-context';

/** What is said of a topic, and the way back, depends on what it is to the pipeline. */
export type TopicReader = Pick<PipelineContext, 'pipeline' | 'topic' | 'forward'>;

/**
 * A key whose records go to another partition than before would be counted there from nothing. Throws FatalError with
 * the remedy when the topic has `now` partitions and had fewer; never for a pipeline without keys.
 */
export function refuseAdded(reader: TopicReader, before: number, now: number): void {
  if (now <= before || reader.pipeline.keyNames.length === 0) return;
  throw new FatalError(messageOfAdded(reader, before, now));
}

function messageOfAdded({ pipeline, topic, forward }: TopicReader, before: number, now: number): string {
  const { metadata, spec } = pipeline.definition;
  if (forward) {
    return (
      `Topic ${topic} had ${before} partitions when ${metadata.name} came up and has ${now}: windows do not wait for the ` +
      'records of those that were added. Restart the service everywhere: it then does; nothing is lost.'
    );
  }
  const moved =
    `Topic ${topic} had ${before} partitions when ${metadata.name} was deployed and has ${now}: keys have moved, and ` +
    'windows with records from before and after would be wrong. ';
  if (topic !== spec.source.topic) {
    return `${moved}Make a new one, filled from the source: millrace reset ${metadata.name} --to earliest.`;
  }
  return (
    `${moved}Send the records to a new topic, and name it in a pipeline of another name; or, where nothing but new ` +
    `records matters: millrace reset ${metadata.name} --to latest.`
  );
}
