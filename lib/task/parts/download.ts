import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { type Answer, request } from './request.js';

export interface DownloadOptions {
  /** As npm writes it: "sha512-" and the digest in base64. */
  readonly integrity: string;
  /** Called with bytes that are there and, where it is known, how many there will be. */
  readonly progress?: (bytes: number, total: number | undefined) => void;
  /** Attempts in a row that bring nothing, before it is given up. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; each further one waits twice as long. */
  readonly pause?: number;
  /** Milliseconds without a byte after which a connection counts as cut. */
  readonly patience?: number;
  /** Where a proxy is named. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Fetches a file. A connection that is cut is taken up where it stopped, now or when the command is run again, and nothing gets its name before its checksum is
 * right. Throws an Error that says what is wrong.
 */
export async function download(url: string, file: string, { integrity, progress, attempts = 5, pause = 500, patience = 60_000, env }: DownloadOptions): Promise<void> {
  mkdirSync(path.dirname(file), { recursive: true });
  if (existsSync(file) && (await digestOf(file, integrity)) === integrity) return;
  const part = `${file}.part`;
  let [failures, wrong] = [0, 0];
  for (;;) {
    const before = sizeOf(part);
    const problem = await fetchRest(url, part, { patience, progress, env });
    if (problem === undefined) {
      if ((await digestOf(part, integrity)) === integrity) return renameSync(part, file);
      rmSync(part, { force: true });
      // What was left of an earlier version of the file is one reason; a second time there is none.
      if (++wrong > 1) throw new Error(`${url} has another checksum than ${integrity}: nothing of it was kept`);
      continue;
    }
    if (problem.final) throw new Error(`${url}: ${problem.reason}`);
    failures = sizeOf(part) > before ? 0 : failures + 1;
    if (failures >= attempts) throw new Error(`${url}: ${problem.reason}. ${sizeOf(part)} bytes are kept, and the next attempt goes on with them`);
    await new Promise((resume) => setTimeout(resume, pause * 2 ** failures));
  }
}

interface Problem {
  readonly reason: string;
  /** Trying again does not help. */
  readonly final: boolean;
}

interface Reading {
  readonly patience: number;
  readonly progress: DownloadOptions['progress'];
  readonly env: NodeJS.ProcessEnv | undefined;
}

/** Appends what is missing; undefined where the server said that this was all. */
async function fetchRest(url: string, part: string, { patience, progress, env }: Reading): Promise<Problem | undefined> {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), patience);
  try {
    let have = sizeOf(part);
    const answer = await request(url, { headers: have > 0 ? { range: `bytes=${have}-` } : {}, signal: abort.signal, ...(env && { env }) });
    const { status, words, headers, body } = answer;
    if (status !== 200 && status !== 206) body.destroy();
    // Everything was there already, or more than everything: the checksum decides.
    if (status === 416) return undefined;
    if (status !== 200 && status !== 206) return { reason: `the server answers ${status} ${words}`, final: status < 500 && status !== 408 && status !== 429 };
    const resumed = status === 206 && startOf(answer) === have;
    if (!resumed) have = 0;
    const length = Number(headers['content-length'] ?? NaN);
    const total = Number.isFinite(length) ? have + length : undefined;
    // Chunk by chunk, so that everything that came before a cut is on the disk.
    const target = await open(part, resumed ? 'a' : 'w');
    try {
      for await (const chunk of body as AsyncIterable<Uint8Array>) {
        await target.appendFile(chunk);
        clearTimeout(timer);
        timer = setTimeout(() => abort.abort(), patience);
        have += chunk.length;
        progress?.(have, total);
      }
    } finally {
      await target.close();
    }
    return total !== undefined && sizeOf(part) < total ? { reason: 'the connection was cut', final: false } : undefined;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EACCES' || code === 'EROFS') return { reason: `${part} cannot be written: ${message}`, final: true };
    return { reason: abort.signal.aborted ? `nothing came for ${patience / 1000} s` : code === 'ECONNRESET' ? 'the connection was cut' : message, final: false };
  } finally {
    clearTimeout(timer);
  }
}

/** The first byte that the server sends of a file, from "bytes 100-199/200". */
const startOf = ({ headers }: Answer): number => Number(/^bytes (\d+)-/.exec(headers['content-range'] ?? '')?.[1] ?? NaN);

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** The digest of a file by the algorithm of another one, in the same notation. */
async function digestOf(file: string, integrity: string): Promise<string> {
  const [algorithm = 'sha512'] = integrity.split('-', 1);
  const hash = createHash(algorithm);
  if (existsSync(file)) for await (const chunk of createReadStream(file)) hash.update(chunk as Uint8Array);
  return `${algorithm}-${hash.digest('base64')}`;
}
