import os from 'node:os';
import path from 'node:path';

/** What is fetched on request lies here: in the extension's storage where VS Code starts the command, else in the cache folder of the system. */
export function partsFolder(env: NodeJS.ProcessEnv = process.env, platform: NodeJS.Platform = process.platform): string {
  const storage = env['NETWRIGHT_STORAGE'];
  if (storage) return path.join(storage, 'parts');
  const home = env['HOME'] ?? env['USERPROFILE'] ?? os.homedir();
  if (platform === 'win32') return path.win32.join(env['LOCALAPPDATA'] ?? path.win32.join(home, 'AppData', 'Local'), 'netwright', 'parts');
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Caches', 'netwright', 'parts');
  return path.posix.join(env['XDG_CACHE_HOME'] || path.posix.join(home, '.cache'), 'netwright', 'parts');
}
