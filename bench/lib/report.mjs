import { cpus, totalmem } from 'node:os';

/** From here on a run had company that can bend its figures. */
const NOISY_CORES = 0.2;

const LEGEND = `- **rows**: from the first record taken until the last row is visible to a \`read_committed\` reader of the output topic; for (a) and (b), until the last record is taken.
- **input**: from the first record taken until the last one is taken. **with start-up**: from the start of the process until the last row is visible.
- **CPU s/M**: CPU seconds per million records, from the start of the process (in brackets: from its first record) until the last row is visible; all threads. Redis's own is beside it, the broker's apart, from the first record on.
- **others**: cores that other programs of the machine kept busy meanwhile; a run above ${NOISY_CORES} is marked and not to be trusted.`;

/** The Markdown to be pasted in docs/performance.md. */
export function reportOf({ results, targets, settings, date, oracle }) {
  const measured = results.filter(({ figures }) => figures);
  return [
    heading({ settings, date, oracle }),
    table(
      [
        '',
        'system',
        'k records/s, rows',
        'input',
        'with start-up',
        'CPU s/M',
        'Redis',
        'broker',
        'peak MB',
        'others',
        'guarantee',
      ],
      measured.map(systemRow),
    ),
    LEGEND,
    table(
      ['ratio', 'wanted', 'by rows, whole CPU', '', 'by input, CPU from first record', ''],
      targets.map(({ name, wanted, rows, input }) => [
        name,
        wanted,
        fixed(rows.value, 2),
        rows.verdict,
        fixed(input.value, 2),
        input.verdict,
      ]),
    ),
    ...checkLines(results),
  ].join('\n\n');
}

function heading({ settings, date, oracle }) {
  const memory = Math.round(totalmem() / 2 ** 30);
  return (
    `${date}, ${settings.records.toLocaleString('en')} records, ${oracle.rows.size.toLocaleString('en')} closed windows expected, ` +
    `${cpus().length} × ${cpus()[0].model.trim()}, ${memory} GB, Node ${process.versions.node}; broker and Redis on the same machine.`
  );
}

function systemRow({ id, name, guarantee, figures: f }) {
  const noise = Number.isFinite(f.othersCores)
    ? `${fixed(f.othersCores, 1)}${f.othersCores > NOISY_CORES ? ' (!)' : ''}`
    : '';
  return [
    `(${id})`,
    name,
    thousands(f.rowsRate),
    thousands(f.inputRate),
    thousands(f.wholeRate),
    `${fixed(f.cpu, 1)} (${fixed(f.cpuFromFirst, 1)})`,
    f.redisPeakMegabytes ? `${fixed(f.redisCpu, 1)} (${fixed(f.redisCpuFromFirst, 1)})` : '',
    fixed(f.brokerCpu, 1),
    fixed(f.peakMegabytes, 0) + (f.redisPeakMegabytes ? ` + ${fixed(f.redisPeakMegabytes, 0)}` : ''),
    noise,
    guarantee,
  ];
}

function checkLines(results) {
  return results.flatMap(({ id, error, check }) => {
    if (error) return [`(${id}) FAILED: ${error}`];
    if (!check) return [];
    const counts = `${check.sent} rows sent, ${check.closed} closed windows, ${check.records} records in them, ${check.repeated} repeated`;
    if (check.problems.length === 0) return [`(${id}) rows as expected: ${counts}.`];
    return [
      `(${id}) WRONG ROWS: ${counts}; ${check.problems.length} problems, first: ${check.problems.slice(0, 3).join('; ')}`,
    ];
  });
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const fixed = (value, digits) => (value === undefined ? '' : value.toFixed(digits));
const thousands = (rate) => fixed(rate / 1000, 0);
