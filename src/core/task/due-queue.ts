/** A binary heap by due time, ms; of equal ones in no order. An item may be pushed with an early guess and pushed again. */
export class DueQueue<Item> {
  private readonly heap: { readonly dueMs: number; readonly item: Item }[] = [];

  /** When the first item is due; Infinity if there is none. */
  get nextMs(): number {
    return this.heap[0]?.dueMs ?? Infinity;
  }

  /** Whether the first item is due at this time. */
  isDue(nowMs: number): boolean {
    const first = this.heap[0];
    return first !== undefined && first.dueMs <= nowMs;
  }

  push(dueMs: number, item: Item): void {
    const { heap } = this;
    heap.push({ dueMs, item });
    let at = heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.dueMs <= dueMs) break;
      this.swap(at, parent);
      at = parent;
    }
  }

  /** The item that is due first. */
  pop(): Item | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last) return undefined;
    if (heap.length > 0) {
      heap[0] = last;
      this.sink();
    }
    return first.item;
  }

  private sink(): void {
    const { heap } = this;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const child = right < heap.length && heap[right]!.dueMs < heap[left]!.dueMs ? right : left;
      if (heap[child]!.dueMs >= heap[at]!.dueMs) return;
      this.swap(at, child);
      at = child;
    }
  }

  private swap(a: number, b: number): void {
    const { heap } = this;
    [heap[a], heap[b]] = [heap[b]!, heap[a]!];
  }
}
