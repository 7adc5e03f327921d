/** Colours for light and dark pages; a picture has its own ground, so that it can be looked at alone. */
const STYLE = `
  svg { --ground: #ffffff; --ink: #1f2328; --faint: #d8dee4; --a: #0969da; --b: #9a5b00; --late: #cf222e; }
  @media (prefers-color-scheme: dark) {
    svg { --ground: #0d1117; --ink: #e6edf3; --faint: #3d444d; --a: #6cb6ff; --b: #f0a35e; --late: #ff7b72; }
  }
  text { font: 12px system-ui, sans-serif; fill: var(--ink); }
  .ground { fill: var(--ground); }
  .axis { stroke: var(--faint); stroke-width: 1; }
  .slice { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 2 4; }
  .line { fill: none; stroke: var(--ink); stroke-width: 2; }
  .a { stroke: var(--a); fill: var(--a); } .b { stroke: var(--b); fill: var(--b); }
  .window { fill-opacity: 0.16; stroke-width: 1.5; }
  .gone { fill-opacity: 0; stroke-width: 1.5; stroke-dasharray: 4 3; }
  .late { stroke: var(--late); fill: var(--ground); stroke-width: 2; }
  .number { fill: var(--ground); stroke: none; font-weight: 600; text-anchor: middle; }
  .lateNumber { fill: var(--late); font-weight: 600; text-anchor: middle; }
  .middle { text-anchor: middle; } .end { text-anchor: end; } .strong { font-weight: 600; }
`;

export interface Drawing {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly shapes: readonly string[];
}

export function svgOf({ title, width, height, shapes }: Drawing): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`;
  const ground = `<rect class="ground" width="${width}" height="${height}"/>`;
  return [open, `<title>${title}</title>`, `<style>${STYLE}</style>`, ground, ...shapes, '</svg>', ''].join('\n');
}

export function text(x: number, y: number, words: string, names = ''): string {
  return `<text x="${round(x)}" y="${round(y)}"${classOf(names)}>${words}</text>`;
}

export function line(from: readonly [number, number], to: readonly [number, number], names: string): string {
  const [[x1, y1], [x2, y2]] = [from.map(round), to.map(round)] as [[number, number], [number, number]];
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"${classOf(names)}/>`;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export function box({ x, y, width, height }: Box, names: string): string {
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${height}" rx="3"${classOf(names)}/>`;
}

/** A record: its number in a circle of the colour of its key, or in a red one if it was late. */
export function dot(x: number, y: number, { n, sensor, late }: { n: number; sensor: string; late: boolean }): string {
  const circle = `<circle cx="${round(x)}" cy="${round(y)}" r="9"${classOf(late ? 'late' : sensor)}/>`;
  return `${circle}${text(x, y + 4, String(n), late ? 'lateNumber' : 'number')}`;
}

function classOf(names: string): string {
  return names ? ` class="${names}"` : '';
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Room that words of the pictures' font take, px; rather too much than too little. */
export function textWidth(words: string): number {
  return 7 * words.length;
}
