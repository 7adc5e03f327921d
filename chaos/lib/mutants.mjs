import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MUTANTS } from '../mutants/index.mjs';
import { runChaos } from './run-chaos.mjs';
import { ROOT } from './settings.mjs';

const SEEDS = 3;
const MOST_MS = 10 * 60_000;
/** Short: a mutant may never recover, nor come to the end of its input. */
const RUN = {
  ...{ minutes: 5, rate: 400, faults: 4, gapMs: [2_000, 4_000], replicas: 3, speedUp: 20 },
  ...{ recoveryMs: 5_000, catchUpMs: 60_000 },
};

/** Runs each mutant until a seed catches it, none anew after ten minutes. Resolves with whether all were caught; what each showed is printed. */
export async function runMutants(servers, settings, log) {
  const chosen = MUTANTS.filter(({ name }) => settings.names.length === 0 || settings.names.includes(name));
  const deadline = Date.now() + MOST_MS;
  let caught = true;
  for (const mutant of chosen) {
    if (!isThere(mutant)) {
      console.log(`${mutant.name}: left out, this version has no ${mutant.changes[0].file}`);
      continue;
    }
    const outcome = await hunt(mutant, deadline, servers, settings, log);
    console.log(`${mutant.name} (${mutant.says}): ${outcome ?? `NOT CAUGHT by ${SEEDS} seeds, or in time`}`);
    caught &&= outcome !== undefined;
  }
  return caught;
}

/** What the first seed that catches the mutant shows; undefined when none does. */
async function hunt(mutant, deadline, servers, settings, log) {
  const dist = build(mutant, settings);
  try {
    for (let seed = settings.seed; seed < settings.seed + SEEDS && Date.now() < deadline; seed++) {
      const { kinds } = mutant;
      const run = await runChaos(servers, { ...settings, ...RUN, seed, kinds, dist }, log);
      const { lost, double, regressions, wrong, caughtUp } = run;
      // What is lost or wrong counts once all is read: a run that is merely slow catches nothing.
      if (double + regressions > 0 || (caughtUp && lost + wrong > 0)) {
        const figures = `lost ${lost}, double ${double}, regressions ${regressions}, wrong ${wrong}`;
        return `caught by seed ${seed}: ${figures}; ${run.examples[0]}`;
      }
    }
    return undefined;
  } finally {
    rmSync(join(dist, '..'), { recursive: true, force: true });
  }
}

function isThere({ changes }) {
  return changes.every(({ file }) => existsSync(join(ROOT, 'dist', file)));
}

/** A copy of the built service, inside the project so that it finds its packages, with the mutant's changes. */
function build({ name, changes }, { folder }) {
  const home = join(folder, 'mutants', name);
  const dist = join(home, 'dist');
  rmSync(home, { recursive: true, force: true });
  cpSync(join(ROOT, 'dist'), dist, { recursive: true });
  cpSync(join(ROOT, 'cql'), join(home, 'cql'), { recursive: true });
  // By its own name: tools that look through the project hold two packages of one name for a mistake.
  const description = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  writeFileSync(join(home, 'package.json'), JSON.stringify({ ...description, name: `mutant-${name}` }));
  for (const { file, from, to } of changes) {
    const path = join(dist, file);
    const parts = readFileSync(path, 'utf8').split(from);
    if (parts.length !== 2) {
      throw new Error(`mutant ${name}: dist/${file} has ${parts.length - 1} times, not once, the text: ${from}`);
    }
    writeFileSync(path, parts.join(to));
  }
  return dist;
}
