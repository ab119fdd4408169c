/** A connection between two pieces (or a border point) of one scope. */
export interface Wire {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly off: boolean;
  /** Kind of the merge that it reaches; '' elsewhere. Skips of different kinds share no lane. */
  readonly kind: string;
}

/** What finding lanes asks of one piece. */
export interface Stop {
  readonly id: string;
  /** How many weighted layers it stands for. */
  readonly layers: number;
  /** May stand in a lane: no block, no merge, no activation. */
  readonly carried: boolean;
}

/** Wires that run beside the flow, with the pieces that stand on them in order. Wires of one lane part at the same place. */
export interface Lane {
  readonly id: string;
  readonly through: readonly string[];
  /** In order; those that end at a reader are taps. */
  readonly wires: readonly string[];
}

/**
 * Picks what runs in lanes beside the flow: a wire that reaches a reader past a longer way from the same fork, by itself or over pieces
 * with at most one weighted layer; and what comes from nowhere else, such as a learned Parameter. At least the longest way into each
 * reader stays in the flow. `stops` are in data order.
 */
export function findLanes(stops: readonly Stop[], wires: readonly Wire[]): readonly Lane[] {
  const place = new Map(stops.map((stop, i) => [stop.id, i]));
  const into = groupBy(wires, (wire) => wire.to);
  const outOf = groupBy(wires, (wire) => wire.from);
  const lanes = new Map<string, { id: string; through: readonly string[]; wires: string[] }>();
  const taken = new Set<string>();
  for (const [reader, arriving] of into) {
    if (new Set(arriving.map((wire) => wire.from)).size < 2) continue;
    const branches = arriving.map((wire) => branch(wire));
    branches.forEach((candidate) => {
      if (candidate === undefined || arriving.every((wire) => wire === candidate.last || taken.has(wire.id))) return;
      const { fork, through, last, layers } = candidate;
      if (fork === undefined) {
        if (through.length === 0 || arriving.length < 2) return;
      } else {
        const other = longest(fork, reader, last.id);
        if (other === undefined || !(other.layers > layers || (through.length === 0 && other.pieces > 0))) return;
      }
      const id = through.length === 0 && !last.off ? `lane:${fork}${last.kind === '' ? '' : ` ${last.kind}`}` : `lane:${through[0] ?? last.id}`;
      const lane = lanes.get(id) ?? { id, through, wires: [] };
      for (const wire of candidate.wires) {
        lane.wires.push(wire.id);
        taken.add(wire.id);
      }
      lanes.set(id, lane);
    });
  }
  return [...lanes.values()];

  /** The way back from one arriving wire to where it parts from others; undefined where it cannot be a lane. */
  function branch(last: Wire): { readonly fork: string | undefined; readonly through: readonly string[]; readonly wires: readonly Wire[]; readonly last: Wire; readonly layers: number } | undefined {
    const through: string[] = [];
    const way: Wire[] = [last];
    let layers = 0;
    for (let id = last.from; ;) {
      const before = into.get(id) ?? [];
      const after = outOf.get(id) ?? [];
      if (after.length > 1) return { fork: id, through, wires: way, last, layers };
      const stop = stops[place.get(id) ?? -1];
      if (stop === undefined || !stop.carried || before.length > 1 || through.length > 5) return undefined;
      layers += stop.layers;
      if (layers > 1) return undefined;
      through.unshift(id);
      const wire = before[0];
      if (wire === undefined) return { fork: undefined, through, wires: way, last, layers };
      way.unshift(wire);
      id = wire.from;
    }
  }

  /** The longest way from a fork to a reader that does not use one wire: by layers first, then by pieces. */
  function longest(fork: string, reader: string, except: string): { readonly layers: number; readonly pieces: number } | undefined {
    const best = new Map<string, { layers: number; pieces: number }>([[fork, { layers: 0, pieces: 0 }]]);
    const end = place.get(reader) ?? stops.length;
    for (let i = (place.get(fork) ?? -1) + 1; i <= end; i++) {
      const id = i === stops.length ? reader : stops[i]!.id;
      for (const wire of into.get(id) ?? []) {
        const before = best.get(wire.from);
        if (before === undefined || wire.id === except) continue;
        const self = id === reader ? undefined : stops[i];
        const layers = before.layers + (self?.layers ?? 0);
        const pieces = before.pieces + (self === undefined ? 0 : 1);
        const known = best.get(id);
        if (known === undefined || layers > known.layers || (layers === known.layers && pieces > known.pieces)) best.set(id, { layers, pieces });
      }
    }
    return best.get(reader);
  }
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
