import type { Graph } from './graph.js';
import type { Problem } from '../document/problem.js';
import type { LocatedFinding } from '../program/program.js';

/** Problems of the text without those that one name makes at each of its readers. */
export function withoutEchoes(problems: readonly Problem[]): readonly Problem[] {
  const named = new Set(problems.flatMap(({ code, place: { path } }) => (code === 'bad-name' ? [String(path.at(-1))] : [])));
  return named.size === 0 ? problems : problems.filter(({ code, message }) => code !== 'bad-source' || ![...named].some((name) => message.startsWith(`\`${name}\` is no source`)));
}

/**
 * What the program found, without what follows from a problem of the text that is told already (a source that cannot be read is missing, too),
 * and each thing once where a node reads one tensor several times: query, key and value of self-attention are wrong together.
 */
export function withoutFollowing({ program }: Graph, text: readonly Problem[]): readonly LocatedFinding[] {
  const garbled = text.filter(({ severity }) => severity === 'error').map(({ place: { path } }) => path.join('/'));
  const told = new Set<string>();
  return program.findings.filter((finding) => {
    const place = finding.place.join('/');
    if (garbled.some((path) => place === path || place.startsWith(`${path}/`))) return false;
    if (finding.code === 'missing-input' && garbled.some((path) => path === `${place}/in` || path.startsWith(`${place}/in/`) || path === place)) return false;
    if (finding.code === 'no-outputs' && garbled.some((path) => path.startsWith('outputs'))) return false;
    if (finding.param !== undefined && garbled.includes(`${place}/${finding.param}`)) return false;
    const origin = finding.input === undefined || finding.index === undefined ? undefined : program.nodes[finding.index]?.inputs[finding.input]?.origin;
    if (origin?.kind !== 'node' && origin?.kind !== 'input') return true;
    const key = `${finding.code} ${finding.node} ${origin.kind} ${origin.kind === 'node' ? `${origin.node}.${origin.port}` : origin.input}`;
    // The first of them is told: a width is then mended where the others take theirs from.
    return !told.has(key) && told.add(key) !== undefined;
  });
}
