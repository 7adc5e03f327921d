/**
 * Places the nodes of a graph without loops: `column` is the length of the longest way to a node, `line` its place in
 * the column, near the nodes that lead to it, so that few edges cross; those of the first stand before what they lead to.
 */
export function layersOf(nodes, edges) {
  const into = new Map(nodes.map(({ id }) => [id, edges.filter(({ to }) => to === id).map(({ from }) => from)]));
  const columns = columnsOf(nodes, into);
  const places = new Map();
  for (let column = 0; column <= Math.max(0, ...columns.values()); column++) {
    const members = nodes.filter(({ id }) => columns.get(id) === column).map(({ id }) => id);
    place(members, { column, places, near: (id) => into.get(id) });
  }
  const first = nodes.filter(({ id }) => columns.get(id) === 0).map(({ id }) => id);
  place(first, { column: 0, places, near: (id) => edges.filter(({ from }) => from === id).map(({ to }) => to) });
  return places;
}

/** In the order of their wishes, no two on one line. */
function place(ids, { column, places, near }) {
  const wished = ids.map((id, i) => ({ id, wish: meanLine(near(id), places) ?? i }));
  wished.sort((a, b) => a.wish - b.wish);
  let next = 0;
  for (const { id, wish } of wished) {
    const line = Math.max(next, wish);
    places.set(id, { column, line });
    next = line + 1;
  }
}

/** A loop, which no pipeline may make, is cut where it is met. */
function columnsOf(nodes, into) {
  const columns = new Map();
  const visit = (id, path) => {
    if (columns.has(id)) return columns.get(id);
    if (path.has(id)) return 0;
    const before = (into.get(id) ?? []).map((from) => visit(from, new Set([...path, id])));
    const column = before.length ? Math.max(...before) + 1 : 0;
    columns.set(id, column);
    return column;
  };
  for (const { id } of nodes) visit(id, new Set());
  return columns;
}

function meanLine(from, places) {
  const lines = from.flatMap((id) => places.get(id)?.line ?? []);
  return lines.length ? lines.reduce((sum, line) => sum + line, 0) / lines.length : undefined;
}
