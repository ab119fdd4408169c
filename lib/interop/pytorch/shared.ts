import type { ParamValue, ParamValues } from '../../operators/operator.js';
import type { WrittenNode } from '../../program/scope.js';
import { isSym } from '../../shapes/index.js';
import { memberName, moduleName, nodeAt, representative, type ClassContext } from './context.js';

/** The module that a node with `weights` uses as it is: where its parameters are the target's, the target is simply called again. */
export function sharedModule(context: ClassContext, { node }: WrittenNode): string | undefined {
  if (node.weights === undefined) return undefined;
  const shown = representative(context, node.name);
  if (!shown) return undefined;
  const base = node.repeat ? `${node.name}[${shown.k}]` : node.name;
  const [own, target] = [shown.run.paramsOf.get(base), shown.run.paramsOf.get(node.weights)];
  if (!own || !target || !sameParams(own, target)) return undefined;
  // Another operator with the same parameters (a Linear tied to an Embedding) is no module to call.
  const [mine, other] = [nodeAt(shown.run, shown.use, shown.k), shown.run.nodes.find(({ path }) => path === node.weights)];
  if ((mine && other && mine.operator !== other.operator) || (mine === undefined) !== (other === undefined)) return undefined;
  return modulePath(context, node.weights);
}

/** Statements that make tensors of a module those of another, where the two differ in a parameter or in kind. */
export function ties(context: ClassContext, written: WrittenNode): readonly string[] {
  const { node } = written;
  if (node.weights === undefined || sharedModule(context, written) !== undefined) return [];
  const shown = representative(context, node.name)!;
  const mine = nodeAt(shown.run, shown.use, shown.k);
  const own = memberName(context, written) + (node.repeat ? '[0]' : '');
  const target = modulePath(context, node.weights);
  if (!mine) return [`share_weights(${own}, ${target})`];
  const other = shown.run.nodes.find(({ path }) => path === node.weights);
  const both = mine.weights.filter(({ name }) => other?.weights.some((weight) => weight.name === name));
  // The tensors of a declared operator are known by their count only.
  if (both.some(({ opaque }) => opaque)) return [`share_weights(${own}, ${target})`];
  const buffers = both.filter(({ learned }) => !learned);
  // Moving a network to a device replaces buffers one by one, so the two have one dictionary of them.
  const isWhole = buffers.length > 0 && [mine, other].every((node) => node!.weights.filter(({ learned }) => !learned).length === buffers.length);
  return [...both.filter(({ learned }) => learned || !isWhole).map(({ name }) => `${own}.${name} = ${target}.${name}`), ...(isWhole ? [`${own}._buffers = ${target}._buffers`] : [])];
}

/** "stage1[0].bn" below self; where the first node shares a module itself, below that. */
function modulePath(context: ClassContext, path: string): string {
  const [first, ...rest] = path.split('.') as [string, ...string[]];
  const [name] = first.split('[') as [string];
  const written = context.behaviour.runs[0]!.scope.nodes.find(({ node }) => node.name === name);
  const module = (written && written.node.weights !== path ? sharedModule(context, written) : undefined) ?? (written ? memberName(context, written) : moduleName(name)) + first.slice(name.length);
  return [module, ...rest].join('.');
}

function sameParams(a: ParamValues, b: ParamValues): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => same(a[name], b[name]));
}

function same(a: ParamValue | undefined, b: ParamValue | undefined): boolean {
  if (isSym(a) && isSym(b)) return a.text === b.text;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((element, k) => same(element as ParamValue, (b as readonly ParamValue[])[k]));
  return a === b;
}
