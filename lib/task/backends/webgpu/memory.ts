import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DeviceMemory } from '../backend.js';
import type { AdapterInfo } from './dawn.js';

/** WebGPU tells nothing of memory; drivers do, each in its own way. */
export async function memoryOf({ vendor }: Pick<AdapterInfo, 'vendor'>, { ask = run, sys = '/sys/class/drm' }: { readonly ask?: typeof run; readonly sys?: string } = {}): Promise<DeviceMemory | undefined> {
  if (/nvidia/i.test(vendor)) return ofNvidia(await ask('nvidia-smi', ['--query-gpu=memory.total,memory.free', '--format=csv,noheader,nounits']));
  if (/amd|ati/i.test(vendor)) return ofAmd(sys);
  // These share the computer's own.
  if (/apple|intel/i.test(vendor)) return { total: os.totalmem(), free: os.freemem() };
  return undefined;
}

/** Where there are several GPUs, nobody knows which of them it is: the one with the least counts. */
function ofNvidia(said: string): DeviceMemory | undefined {
  const rows = said.split('\n').map((line) => line.split(',').map((value) => Number(value) * 2 ** 20)).filter(([total, free]) => Number.isFinite(total) && Number.isFinite(free) && (total as number) > 0);
  const [row] = rows.sort(([, a], [, b]) => (a as number) - (b as number));
  return row && { total: row[0] as number, free: row[1] as number };
}

function ofAmd(sys: string): DeviceMemory | undefined {
  const bytes = (card: string, name: string): number => Number(readFileSync(path.join(sys, card, 'device', name), 'utf8'));
  try {
    const cards = readdirSync(sys).flatMap((card) => {
      try {
        const total = bytes(card, 'mem_info_vram_total');
        return [{ total, free: total - bytes(card, 'mem_info_vram_used') }];
      } catch {
        return [];
      }
    });
    return cards.sort((a, b) => a.free - b.free)[0];
  } catch {
    return undefined;
  }
}

/** What a program says; nothing where there is no such program. */
function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => execFile(command, [...args], { timeout: 5000, windowsHide: true }, (error, stdout) => resolve(error ? '' : stdout)));
}
