import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { dashboardFiles } from '../../../scripts/observability/dashboards.mjs';

const FOLDER = join(__dirname, '..', '..', '..', 'observability', 'dashboards');

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly uid: string;
  readonly templating: { readonly list: readonly { readonly name: string }[] };
  readonly panels: readonly Panel[];
}

describe('observability/dashboards', () => {
  const written = readdirSync(FOLDER).sort();

  it('are what the script makes; after a change: npm run dashboards', () => {
    const made = dashboardFiles();
    expect(written).toEqual([...made.keys()].sort());
    for (const [file, text] of made) expect(readFileSync(join(FOLDER, file), 'utf8')).toBe(text);
  });

  describe.each(written)('%s', (file) => {
    const { panels, templating, uid } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Dashboard;

    it('has panels that do not overlap, each with an id of its own and a description', () => {
      expect(file).toBe(`${uid}.json`);
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
      const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
        Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
      );
      expect(new Set(cells).size).toBe(cells.length);
      for (const { targets, description } of panels) if (targets) expect(description).toMatch(/\w/);
    });

    it('uses only variables that it has', () => {
      const known = new Set(templating.list.map(({ name }) => name));
      const used = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => [...expr.matchAll(/\$(\w+)/g)]));
      const unknown = used.map(([, name]) => name!).filter((name) => !name.startsWith('__') && !known.has(name));
      expect(unknown).toEqual([]);
    });
  });
});
