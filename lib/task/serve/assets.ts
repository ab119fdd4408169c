import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Template } from '../../protocol/messages.js';

/** Files that the page may load: a fixed list, so that no path can reach anything else. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['editor.js', 'text/javascript; charset=utf-8'],
  ['editor.css', 'text/css; charset=utf-8'],
  ['layout-worker.js', 'text/javascript; charset=utf-8'],
  ['codicon.ttf', 'font/ttf'],
]);

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

/** A built file of the page; undefined where there is none of that name, or it is not built. */
export function readAsset(folder: string, name: string): Asset | undefined {
  const type = TYPES.get(name);
  const file = path.join(folder, 'dist', name);
  return type !== undefined && existsSync(file) ? { type, body: readFileSync(file) } : undefined;
}

/** The designs that a new document may start from. */
export function readTemplates(folder: string): readonly Template[] {
  const templates = path.join(folder, 'media', 'templates');
  if (!existsSync(templates)) return [];
  const ending = '.nnet.json';
  return readdirSync(templates)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => {
      const id = name.slice(0, -ending.length);
      return { id, title: id, text: readFileSync(path.join(templates, name), 'utf8') };
    });
}

/** The page's frame. It names no inline script or style: the policy sent with it forbids both. */
export function pageHtml(title: string): string {
  const escaped = title.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped} - Netwright</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/editor.css">
</head>
<body>
<div id="root" data-host="browser" data-worker="/layout-worker.js"></div>
<script src="/editor.js"></script>
</body>
</html>
`;
}

/** The page may load its own files, talk to its own server and start the layout worker from a blob; nothing leaves the machine. */
export function contentPolicy(port: number): string {
  const here = [`http://127.0.0.1:${port}`, `ws://127.0.0.1:${port}`, `http://localhost:${port}`, `ws://localhost:${port}`];
  return [
    "default-src 'none'", "script-src 'self' blob:", "style-src 'self'", "font-src 'self'", "img-src 'self' data:", `connect-src ${here.join(' ')}`,
    'worker-src blob:', "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
  ].join('; ');
}
