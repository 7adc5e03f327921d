import { figure, spark } from '../../parts/figure.js';
import { count, duration, perSecond, roughCount } from '../../parts/format.js';

/** The figures that answer: does it run, is it late, does it lose anything? */
export function showFigures(list, pipeline, rates, moment) {
  const { accepted, filtered, late, dead } = pipeline.totals;
  const lag = pipeline.lagRecords;
  const rate = rates.now();
  const seen = accepted + filtered + late + dead;
  list.replaceChildren(
    figure(
      'Throughput',
      { value: rate === undefined ? '–' : perSecond(rate), unit: 'records/s' },
      spark(rates.history),
    ),
    figure('Lag', { value: lag === undefined ? '–' : roughCount(lag), unit: 'records' }, lagNote(lag, rate)),
    figure('Watermark', watermark(pipeline, moment), watermarkNote(pipeline)),
    figure('Accepted', { value: roughCount(accepted) }, `of ${roughCount(seen)} records read`),
    figure('Filtered out', { value: roughCount(filtered) }, share(filtered, seen)),
    figure(
      'Late',
      { value: roughCount(late), tone: late > 0 ? 'warn' : undefined },
      late > 0 ? (pipeline.lateness?.advice ?? share(late, seen)) : 'none lost',
    ),
    figure('Dead letters', { value: roughCount(dead), tone: dead > 0 ? 'bad' : undefined }, deadNote(pipeline, dead)),
    figure('State', { value: roughCount(stateKeys(pipeline)), unit: 'open rows' }, checkpointNote(pipeline)),
  );
}

function lagNote(lag, rate) {
  if (lag === undefined) return 'known where the tasks run';
  if (lag === 0) return 'caught up';
  return rate > 0 ? `about ${duration((lag / rate) * 1000)} to catch up` : 'not moving';
}

function watermark({ watermark: time }, moment) {
  return { value: time ? moment(time.ms) : '–' };
}

function watermarkNote({ watermark: time }) {
  if (!time) return 'no record accepted yet';
  const behindMs = Date.now() - time.ms;
  return behindMs < 0 ? 'ahead of the clock' : `${duration(behindMs)} behind the clock`;
}

const share = (part, whole) =>
  `${whole ? ((part / whole) * 100).toFixed(part && part * 1000 < whole ? 3 : 1) : '0.0'} % of records`;

function deadNote({ definition }, dead) {
  return dead > 0 ? `in ${definition.spec.source.topic}.dead` : 'none';
}

const stateKeys = ({ tasks }) => tasks.reduce((sum, task) => sum + (task.stateKeys ?? 0), 0);

function checkpointNote({ tasks }) {
  const ages = tasks.flatMap(({ checkpointAgeMs }) => (checkpointAgeMs === undefined ? [] : [checkpointAgeMs]));
  return ages.length ? `last commit ${duration(Math.max(...ages))} ago` : `${count(tasks.length)} tasks`;
}
