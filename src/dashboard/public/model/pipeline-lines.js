import { atOf, bandOf, isDaily, measuresOf, titleOf, windowNames, zoneOf, zoneText } from './pipeline-shape.js';

const SPANS = [30, 90, 365, undefined];

/** What a LinesPanel needs to draw any pipeline. */
export function linesOfPipeline(pipeline) {
  const measures = measuresOf(pipeline);
  const [one, many] = windowNames(pipeline);
  return {
    label: pipeline.name,
    measures: measures.map((measure) => lineOf(measure, bandOf(measure, measures), one)),
    spans: SPANS.map((windows) => ({ windows, text: spanText(windows, many) })),
    span: 90,
    windowNames: [one, many],
    zone: zoneOf(pipeline),
    zoneText: zoneText(pipeline),
    at: atOf(pipeline),
    isDaily: isDaily(pipeline),
    emptyText: 'No rows yet. They appear here with the first accepted record.',
  };
}

function lineOf(measure, band, windowName) {
  const { name, unit, call } = measure;
  return {
    name,
    title: `${titleOf(measure)} by ${windowName}`,
    unit: unit || (call === 'count' ? 'records' : ''),
    value: (values) => values[name],
    ...(band && { high: (values) => values[band.high], low: (values) => values[band.low] }),
  };
}

function spanText(windows, many) {
  if (windows === undefined) return 'All';
  return windows === 365 && many === 'days' ? '1 year' : `${windows} ${many}`;
}
