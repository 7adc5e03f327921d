/** Nothing lost, nothing double, nothing wrong, and no reader was led back in time. */
export function isClean({ lost, double, wrong, regressions, caughtUp, input, exits }) {
  const harm = lost + double + wrong + regressions + input.missing;
  return harm === 0 && caughtUp && exits.every((code) => code === 0);
}

/** The report of a run, as text in Markdown. */
export function reportOf(run, settings) {
  const { input, looks } = run;
  const lines = [
    `Seed ${run.seed}: ${run.faults.length} faults in ${run.seconds} s on ${settings.replicas} replicas, ${settings.rate} records/s.`,
    '',
    ...table(
      ['', 'result'],
      [
        ['records produced, in the topic twice, late', `${run.produced}, ${input.doubled}, ${input.late}`],
        ['rows', run.rows],
        ['messages of the output topics, repeated where they may be', `${run.messages}, ${run.repeated}`],
        ['**lost**', run.lost],
        ['**double**', run.double],
        ['**wrong**', run.wrong],
        ['**regressions** (looks at the tables, at `/rows`)', `${run.regressions} (${looks.table}, ${looks.rows})`],
        ['replicas that ended by themselves', run.endedByThemselves],
        ['exit codes at the end', run.exits.join(', ')],
        ['caught up after the last record', run.caughtUp ? 'yes' : 'no'],
      ],
    ),
    '',
    ...table(['fault', 'times', 'recovery: median', 'longest'], recoveries(run.faults)),
  ];
  if (!run.clocks) lines.push('', 'No clock jumped: libfaketime is not here. On Debian: apt-get install faketime.');
  if (!run.namespaces) lines.push('', 'No replica was cut off: network namespaces cannot be made here.');
  if (input.missing > 0)
    lines.push('', `${input.missing} acknowledged records are not in the topic: the broker lost them.`);
  if (run.examples.length > 0) lines.push('', ...run.examples.map((text) => `- ${text}`));
  return lines.join('\n');
}

function recoveries(faults) {
  const kinds = [...new Set(faults.map(({ kind }) => kind))].sort();
  return kinds.map((kind) => {
    const ofKind = faults.filter((fault) => fault.kind === kind);
    const times = ofKind.map(({ recoveryMs }) => recoveryMs ?? Infinity).sort((a, b) => a - b);
    return [kind, ofKind.length, seconds(times[Math.floor((times.length - 1) / 2)]), seconds(times.at(-1))];
  });
}

function seconds(ms) {
  return Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : 'none';
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
