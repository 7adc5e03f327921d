import { checkRows } from './check-rows.mjs';
import { measure } from './measure.mjs';

/** Runs one system and compares its rows with the oracle. A failure is part of the result: the others still run. */
export async function runSystem(system, context) {
  const { id, name, guarantee } = system;
  try {
    return { id, name, guarantee, ...(await measuredAndChecked(system, context)) };
  } catch (error) {
    return { id, name, guarantee, error: error.message };
  }
}

async function measuredAndChecked(system, context) {
  const { settings, kafka, inputTopic, oracle } = context;
  await system.build?.(settings);
  const outputTopic = system.hasOutput ? `${settings.prefix}-${system.id}.out` : undefined;
  if (outputTopic) await kafka.createTopic(outputTopic);
  const { spec, progress } = await system.prepare({ ...context, inputTopic, outputTopic });
  const redis = system.usesRedis ? context.redis : undefined;
  const figures = await measure({ id: system.id, spec, progress, outputTopic }, { ...context, redis });
  if (!outputTopic) return { figures };
  const rows = (await kafka.readAll(outputTopic)).map(system.rowOf);
  return { figures, check: checkRows(rows, oracle, system) };
}
