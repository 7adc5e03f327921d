import { compare } from './compare.mjs';
import { Oracle, rowId } from './oracle.mjs';
import { OutputRows } from './output-rows.mjs';
import { isShuffled } from './pipeline.mjs';

const FIGURES = ['rows', 'messages', 'repeated', 'lost', 'double', 'wrong', 'regressions'];

/** Reads back all that the run left behind, and compares it with what its input asks for. */
export async function judge({ kafka, names, pipelines, progress, tables, settings }) {
  const oracles = pipelines.map((pipeline) => new Oracle({ field: pipeline.field, shuffled: isShuffled(pipeline) }));
  const input = await readInput(kafka, names.source, oracles, settings.mostRecords);
  const result = { input, byPipeline: {}, examples: [], ...Object.fromEntries(FIGURES.map((name) => [name, 0])) };
  for (const [i, pipeline] of pipelines.entries()) {
    const topics = await readTopics(kafka, pipeline);
    const generation = await progress.generationOf(pipeline.name);
    const table = await tables.readAll(pipeline.table);
    const { examples, ...verdict } = compare({ pipeline, oracle: oracles[i], generation, table, topics });
    const messages = Object.values(topics).reduce((sum, topic) => sum + topic.messages, 0);
    result.byPipeline[pipeline.table] = { ...verdict, messages };
    for (const name of FIGURES) result[name] += result.byPipeline[pipeline.table][name];
    result.examples.push(...examples);
  }
  return result;
}

/** Tells the oracles of each record; resolves with what is not as it was produced. */
async function readInput(kafka, source, oracles, mostRecords) {
  const seen = new Uint8Array(mostRecords);
  await kafka.readAll(source, (partition, offset, { value }) => {
    const record = JSON.parse(value.toString());
    if (record.id >= 0) seen[record.id]++;
    for (const oracle of oracles) oracle.take(partition, offset, record);
  });
  const last = seen.findLastIndex((times) => times > 0);
  return {
    doubled: seen.reduce((sum, times) => sum + Math.max(0, times - 1), 0),
    missing: seen.subarray(0, last + 1).reduce((sum, times) => sum + (times === 0 ? 1 : 0), 0),
    late: oracles[0].late,
  };
}

async function readTopics(kafka, pipeline) {
  const topics = {};
  for (const place of ['output', 'exact']) {
    if (!pipeline[place]) continue;
    const rows = new OutputRows();
    await kafka.readAll(pipeline[place], (_partition, _offset, { value }) => {
      const { key, window, values, revision, final } = JSON.parse(value.toString());
      const id = rowId(key[pipeline.field], Date.parse(window.start));
      rows.take(id, { ...values, revision: BigInt(revision), final });
    });
    topics[place] = rows;
  }
  return topics;
}
