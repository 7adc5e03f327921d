import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const RULES = join(ROOT, 'observability', 'rules');
/** What each entry tells, in this order. */
const PARTS = ['**Means:**', '**Users see:**', '**First:**', '\n1. ', '\n2. ', '**Mended when**'];

const page = (name: string): string => readFileSync(join(ROOT, 'docs', name), 'utf8');

/** Text below each heading of a page, by the heading's own text. */
function sectionsOf(text: string): Map<string, string> {
  const sections = text.split(/^#{2,4} /m).slice(1);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')), section]));
}

/** As GitHub makes anchors of headings. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

const operations = page('operations.md');
const sections = sectionsOf(operations);
const anchors = new Map<string, ReadonlySet<string>>();

function hasAnchor(file: string, anchor: string): boolean {
  if (!existsSync(join(ROOT, 'docs', file))) return false;
  if (anchor === '') return true;
  if (!anchors.has(file)) anchors.set(file, new Set([...sectionsOf(page(file)).keys()].map(anchorOf)));
  return anchors.get(file)!.has(anchor);
}

function alertsOfRules(): string[] {
  if (!existsSync(RULES)) return [];
  const texts = readdirSync(RULES).map((file) => readFileSync(join(RULES, file), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/^\s*-?\s*alert: *(\w+)/gm)].map(([, name]) => name!));
}

const ALERTS = [
  ...['LagGrowing', 'WatermarkStalled', 'CheckpointTooOld', 'DeadLetters', 'LateRecords'],
  ...['FencedStorm', 'SinkFailing', 'StateNearBound', 'FeedSilent', 'Down'],
].map((name) => `Millrace${name}`);

describe('the runbooks', () => {
  it.each([...new Set([...ALERTS, ...alertsOfRules()])])('tell what to do about %s', (alert) => {
    const entry = sections.get(alert) ?? '';
    const places = PARTS.map((part) => entry.indexOf(part));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(entry).toMatch(/\*\*First:\*\*[^\n]*(`|logs)/);
  });

  it('lead nowhere that is not there, as the whole page', () => {
    const links = [...operations.matchAll(/\]\((?!https?:)([^)#]*)#?([^)]*)\)/g)];
    expect(links.length).toBeGreaterThan(20);
    const broken = links.filter(([, file = '', anchor = '']) => !hasAnchor(file || 'operations.md', anchor));
    expect(broken.map(([link]) => link)).toEqual([]);
  });
});
