/**
 * Topological order of a scope: a node comes after everything that it reads; among those that could come next, the one written first does.
 * `reads[k]` lists the nodes that node k reads. Nodes on a cycle are ordered as if the wires within the cycle were not there.
 */
export function order(reads: ReadonlyArray<readonly number[]>): { readonly order: readonly number[]; readonly cycles: ReadonlyArray<readonly number[]> } {
  const straight = sort(reads);
  if (straight.length === reads.length) return { order: straight, cycles: [] };
  const component = components(reads);
  const members = new Map<number, number[]>();
  component.forEach((c, k) => {
    const known = members.get(c);
    if (known) known.push(k);
    else members.set(c, [k]);
  });
  const cycles = [...members.values()].filter((nodes) => nodes.length > 1 || reads[nodes[0]!]!.includes(nodes[0]!)).sort((a, b) => a[0]! - b[0]!);
  const cut = reads.map((sources, k) => sources.filter((s) => component[s] !== component[k]));
  return { order: sort(cut), cycles: cycles.map((nodes) => shortest(reads, nodes)) };
}

/** Kahn's algorithm with a heap of the nodes that are ready, so that ties fall in the order of the file. */
function sort(reads: ReadonlyArray<readonly number[]>): number[] {
  const waiting = reads.map((sources) => sources.length);
  const readers: number[][] = reads.map(() => []);
  reads.forEach((sources, k) => sources.forEach((s) => readers[s]!.push(k)));
  const ready: number[] = [];
  const push = (k: number): void => {
    let at = ready.push(k) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (ready[parent]! <= k) break;
      ready[at] = ready[parent]!;
      at = parent;
    }
    ready[at] = k;
  };
  const pop = (): number => {
    const top = ready[0]!;
    const last = ready.pop()!;
    if (ready.length > 0) {
      let at = 0;
      for (;;) {
        let child = 2 * at + 1;
        if (child >= ready.length) break;
        if (child + 1 < ready.length && ready[child + 1]! < ready[child]!) child += 1;
        if (ready[child]! >= last) break;
        ready[at] = ready[child]!;
        at = child;
      }
      ready[at] = last;
    }
    return top;
  };
  waiting.forEach((count, k) => { if (count === 0) push(k); });
  const result: number[] = [];
  while (ready.length > 0) {
    const k = pop();
    result.push(k);
    for (const reader of readers[k]!) if (--waiting[reader]! === 0) push(reader);
  }
  return result;
}

/** Tarjan's strongly connected components, with a stack of its own: a chain of 100,000 nodes must not end in an overflow. */
export function components(reads: ReadonlyArray<readonly number[]>): number[] {
  const index = new Array<number>(reads.length).fill(-1);
  const low = new Array<number>(reads.length).fill(0);
  const component = new Array<number>(reads.length).fill(-1);
  const open: number[] = [];
  let counter = 0;
  let found = 0;
  for (let root = 0; root < reads.length; root++) {
    if (index[root] !== -1) continue;
    const work: { node: number; next: number }[] = [{ node: root, next: 0 }];
    while (work.length > 0) {
      const frame = work[work.length - 1]!;
      const { node } = frame;
      if (frame.next === 0) {
        index[node] = low[node] = counter++;
        open.push(node);
      }
      const source = reads[node]![frame.next++];
      if (source !== undefined) {
        if (index[source] === -1) work.push({ node: source, next: 0 });
        else if (component[source] === -1) low[node] = Math.min(low[node]!, index[source]!);
        continue;
      }
      work.pop();
      const parent = work[work.length - 1];
      if (parent) low[parent.node] = Math.min(low[parent.node]!, low[node]!);
      if (low[node] !== index[node]) continue;
      for (;;) {
        const member = open.pop()!;
        component[member] = found;
        if (member === node) break;
      }
      found += 1;
    }
  }
  return component;
}

/** One shortest cycle through the first node of a component, in the direction of the data. */
function shortest(reads: ReadonlyArray<readonly number[]>, nodes: readonly number[]): number[] {
  const first = nodes[0]!;
  const inside = new Set(nodes);
  const towards = new Map<number, number>();
  const queue = [first];
  for (let at = 0; at < queue.length; at++) {
    const node = queue[at]!;
    for (const source of reads[node]!) {
      if (source === first) {
        const cycle = [first];
        for (let k = node; k !== first; k = towards.get(k)!) cycle.push(k);
        return cycle;
      }
      if (!inside.has(source) || towards.has(source)) continue;
      towards.set(source, node);
      queue.push(source);
    }
  }
  return [...nodes];
}
