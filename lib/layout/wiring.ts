import type { Instance, Use } from '../program/program.js';
import type { NamedSource, Source } from '../document/model.js';
import type { Shape } from '../shapes/dimension.js';

/** One written connection of a scope, by names: from a node or an input to an input of a node, or to an output of the scope. */
export interface Wiring {
  readonly from: string;
  readonly output: number;
  /** Absent: it ends at an output of the scope. */
  readonly to?: string;
  /** Position in `in`, or index of the scope's output. */
  readonly input: number;
  readonly shape: Shape | null;
  /** Cut by `off`. */
  readonly off: boolean;
}

/** The connections of one instance as written, so that what is absent or cut is still seen. Constants and what cannot be resolved have none. */
export function wiringOf(instance: Instance, shapes: Instance | undefined): readonly Wiring[] {
  const wires: Wiring[] = [];
  const known = (source: Source): source is NamedSource => source !== null && typeof source === 'object' && (instance.uses.has(source.name) || instance.inputs.has(source.name) || instance.block.inputs.has(source.name));
  for (const use of instance.uses.values()) {
    const valued = shapes?.uses.get(use.name) ?? use;
    use.node.in.forEach((source, input) => {
      if (!known(source)) return;
      const value = valued.inputs[input] ?? use.inputs[input];
      wires.push({ from: source.name, output: outputIndex(source, instance), to: use.name, input, shape: value?.tensor.shape ?? null, off: use.cut[input] ?? false });
    });
  }
  instance.block.outputs.forEach(({ source }, index) => {
    if (!known(source)) return;
    const value = shapes?.outputs[index] ?? instance.outputs[index];
    wires.push({ from: source.name, output: outputIndex(source, instance), input: index, shape: value?.tensor.shape ?? null, off: false });
  });
  return wires;
}

function outputIndex(source: NamedSource, instance: Instance): number {
  if (typeof source.port === 'number') return source.port;
  if (source.port === undefined) return 0;
  const use = instance.uses.get(source.name);
  const each = use?.each[0];
  if (each?.kind !== 'block') return 0;
  return Math.max(0, each.instance.block.outputs.findIndex((output) => output.name === source.port || (output.name === undefined && nameOf(output.source) === source.port)));
}

function nameOf(source: Source): string | undefined {
  return source !== null && typeof source === 'object' ? source.name : undefined;
}

/** Names of a scope in an order in which sources stand before their readers; what runs in a circle comes in the order of the file. */
export function inDataOrder(uses: ReadonlyMap<string, Use>): readonly Use[] {
  const order: Use[] = [];
  const state = new Map<string, 'open' | 'done'>();
  for (const start of uses.values()) {
    const stack: { readonly use: Use; next: number }[] = [{ use: start, next: 0 }];
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      if (top.next === 0) {
        if (state.has(top.use.name)) {
          stack.pop();
          continue;
        }
        state.set(top.use.name, 'open');
      }
      const source = top.use.node.in[top.next++];
      if (source === undefined) {
        state.set(top.use.name, 'done');
        order.push(top.use);
        stack.pop();
      } else if (source !== null && typeof source === 'object') {
        const before = uses.get(source.name);
        if (before !== undefined && !state.has(before.name)) stack.push({ use: before, next: 0 });
      }
    }
  }
  return order;
}
