import type { JsonPath } from '../document/json.js';
import type { Node } from '../document/model.js';
import { UNKNOWN, type ParamValues } from '../operators/operator.js';
import { formatShape, sameDim, type Shape } from '../shapes/index.js';
import { faults } from './faults.js';
import { keyOf, weightOf, type ExpandedNode } from './node.js';
import type { ProgramNode, WeightTensor } from './program.js';
import type { Scope, WrittenNode } from './scope.js';
import type { Walk } from './walk.js';

/** Who uses whose weights. Filled while the document is expanded; settled afterwards, since a target may stand later in the file. */
export class Sharing {
  readonly links: Map<string, Link> = new Map();
  readonly homes: Map<string, string> = new Map();
  readonly kinds: Map<string, string> = new Map();
  readonly params: Map<string, ParamValues> = new Map();
  /** Whether some target had not been expanded when it was asked for. */
  forward = false;

  /**
   * @param used Whether any node of the document has `weights`; where none has, nothing need be remembered.
   * @param previous Targets that stand later in the file are known from an earlier expansion of the same document.
   */
  constructor(readonly used: boolean, private readonly previous?: Sharing) {}

  /** Every present node and instance says where its weights live. */
  enter(path: string, home: string): void {
    if (this.used) this.homes.set(path, home);
  }

  remember(path: string, kind: string, params: ParamValues): void {
    if (!this.used) return;
    this.kinds.set(path, kind);
    this.params.set(path, params);
  }

  /** A node with `weights`: where its weights live and which parameters it takes over. */
  follow(path: string, target: string, node: Node, written: WrittenNode, scope: Scope): { readonly home: string; readonly params: ParamValues | typeof UNKNOWN } {
    this.links.set(path, { target, written: node.weights!, place: [...written.place, 'weights'], scope, block: written.target?.kind === 'block' });
    const known = this.homes.get(target);
    if (known !== undefined) return { home: known, params: this.params.get(target) ?? UNKNOWN };
    this.forward = true;
    return { home: target, params: this.previous?.params.get(target) ?? UNKNOWN };
  }

  /** The path at which a chain of targets ends; undefined where it never does. */
  root(path: string): string | undefined {
    let at = path;
    for (let steps = 0; steps < 1000; steps++) {
      const next = this.homes.get(at) ?? at;
      if (next === at) return at;
      at = next;
    }
    return undefined;
  }
}

interface Link {
  readonly target: string;
  readonly written: string;
  readonly place: JsonPath;
  readonly scope: Scope;
  readonly block: boolean;
}

const spelling = /^[A-Za-z_]\w*(\[\d+\])?(\.[A-Za-z_]\w*(\[\d+\])?)*$/u;

/** Checks all sharing once everything is expanded, and gives every node its weights. */
export function settle(walk: Walk): void {
  const { sharing, nodes } = walk;
  const byPath = holders(nodes, 0);
  const wrong = checkLinks(walk);
  for (const node of nodes) {
    if (node.specs.length === 0) continue;
    const home = node.home === node.path ? node.path : (sharing.root(node.home) ?? node.path);
    const owner = home === node.path ? undefined : holderOf(byPath, home, node);
    if (owner) share(walk, node, owner);
    const own = sharing.links.get(node.path);
    if (own && !node.shared && owner && !wrong.has(node.path)) walk.report(node.path, faults.weightsNothing(own.written), own.place);
  }
}

/** Where no node has `weights`, only later repetitions of a shared `repeat` share: among the nodes from `start` on, those that one use gave. */
export function settleRepetitions(walk: Walk, start: number): void {
  const { nodes } = walk;
  let byPath: Map<string, ExpandedNode> | undefined;
  for (let k = start; k < nodes.length; k++) {
    const node = nodes[k]!;
    if (node.specs.length === 0 || node.home === node.path) continue;
    byPath ??= holders(nodes, start);
    const owner = holderOf(byPath, node.home, node);
    if (owner) share(walk, node, owner);
  }
}

/** The node at a home that holds the weights; undefined for the one that does so itself: where the first repetition lacks a layer, the first that has it. */
function holderOf(byPath: Map<string, ExpandedNode>, home: string, node: ExpandedNode): ExpandedNode | undefined {
  const known = byPath.get(home);
  const withoutNumbers = (path: string): string => path.replace(/\[\d+\]/gu, '[]');
  if (!known && withoutNumbers(home) === withoutNumbers(node.path)) byPath.set(home, node);
  return known;
}

function holders(nodes: readonly ExpandedNode[], start: number): Map<string, ExpandedNode> {
  const byPath = new Map<string, ExpandedNode>();
  for (let k = start; k < nodes.length; k++) if (nodes[k]!.specs.length > 0) byPath.set(nodes[k]!.path, nodes[k]!);
  return byPath;
}

/** Gives a node the weights of another, as far as that has them. */
function share(walk: Walk, node: ExpandedNode, owner: ExpandedNode): void {
  node.weights = node.specs.map((spec) => {
    const other = owner.specs.find(({ name }) => name === spec.name);
    if (!other) return weightOf(node, spec);
    node.shared = true;
    if (!sameShape(spec.shape, other.shape)) walk.report(node.path, faults.weightsShape(spec.name, formatShape(spec.shape), owner.path, formatShape(other.shape)), linkOf(walk, node.path)?.place ?? node.place);
    return weightOf(owner, spec);
  });
}

/** The distinct tensors, in program order. */
export function tensorsOf(nodes: readonly ProgramNode[]): ReadonlyMap<string, WeightTensor> {
  const tensors = new Map<string, WeightTensor>();
  for (const node of nodes) {
    for (const weight of node.weights) if (!node.shared || weight.key === keyOf(node.path, weight.name)) tensors.set(weight.key, { ...weight, owner: node.index });
  }
  return tensors;
}

function checkLinks(walk: Walk): ReadonlySet<string> {
  const { sharing } = walk;
  const wrong = new Set<string>();
  for (const [path, { target, written, place, scope, block }] of sharing.links) {
    const report = (fault: Parameters<Walk['report']>[1]): void => {
      wrong.add(path);
      walk.report(path, fault, place);
    };
    if (!spelling.test(written)) report(faults.weightsPath(written));
    else if (!sharing.homes.has(target)) {
      const absence = walk.absent.get(target);
      if (absence !== undefined) report(faults.weightsAbsent(written, absence));
      else if (!isBelowBroken(walk, target)) report(faults.unknownWeights(written, candidates(walk, target, written, scope)));
    } else if (isCircle(sharing, path)) report(faults.weightsCycle(path));
    else {
      const [mine, other] = [sharing.kinds.get(path), sharing.kinds.get(target)];
      if ((block || other?.startsWith('block ')) && mine !== undefined && other !== undefined && mine !== other) report(faults.weightsOp(mine, written, other));
    }
  }
  return wrong;
}

/** Whether following targets leads back to where it began. */
function isCircle({ links }: Sharing, path: string): boolean {
  let at = links.get(path)?.target;
  for (let steps = 0; at !== undefined && steps < links.size; steps++) {
    if (at === path) return true;
    at = links.get(at)?.target;
  }
  return false;
}

/** Repetitions of the path that was meant, or names like it. */
function candidates(walk: Walk, target: string, written: string, scope: Scope): readonly string[] {
  const times = walk.repeats.get(target);
  if (times !== undefined && times > 0) return [`${written}[0]`];
  const first = /^[^.[]+/u.exec(written)?.[0] ?? written;
  if (scope.inputs.includes(first)) return [];
  // Only what is there is proposed: with its repetition where it is repeated, without where it is not.
  const around = target.slice(0, target.length - written.length);
  const rest = written.slice(first.length);
  const names = scope.index.has(first) ? [first] : walk.scopes.nearest(first, scope.index.keys());
  const spelled = names.flatMap((name) => [name + rest, name + rest.replace(/^\[\d+\]/u, ''), `${name}[0]${rest.replace(/^\[\d+\]/u, '')}`]);
  return [...new Set(spelled)].filter((path) => walk.sharing.homes.has(around + path)).slice(0, 3);
}

function isBelowBroken(walk: Walk, path: string): boolean {
  if (walk.broken.size === 0) return false;
  for (let at = path; at !== ''; at = at.replace(/(\[\d+\]|(^|\.)[^.[]*)$/u, '')) if (walk.broken.has(at)) return true;
  return false;
}

/** The `weights` that makes a node share: its own, or that of an instance around it. */
function linkOf(walk: Walk, path: string): Link | undefined {
  for (let at = path; at !== ''; at = at.replace(/(^|\.)[^.]*$/u, '')) {
    const link = walk.sharing.links.get(at);
    if (link) return link;
  }
  return undefined;
}

function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((dim, k) => sameDim(dim, b[k]!) !== false);
}
