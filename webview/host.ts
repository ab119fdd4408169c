import { openChannel, type Channel, type Wire } from '../lib/protocol/channel.js';
import { createElsewhere } from './store/elsewhere.js';
import type { ToEditor, ToHost } from '../lib/protocol/messages.js';

/** What stands on the other side: VS Code, or the loopback server of `netwright open`. */
export interface Host {
  readonly kind: 'vscode' | 'browser';
  readonly channel: Channel<ToHost, ToEditor>;
  /** Where the layout worker's script is; undefined where the host gives none. */
  readonly workerUrl: string | undefined;
  /** Small things a page remembers over a reload: what is open, the direction. Never part of the document. */
  readonly memory: { read(): unknown; write(value: unknown): void };
  /** Does a thing once the keyboard is not in this page (elsewhere.ts); absent where the page is all there is. */
  readonly elsewhere?: (act: () => void) => void;
}

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** Connects to the host that the page's frame names. `onLost` is called when the connection ends while the page lives. */
export function connect(root: HTMLElement, onLost: (message: string) => void): Host {
  const kind = root.dataset['host'] === 'vscode' ? 'vscode' : 'browser';
  const workerUrl = root.dataset['worker'];
  return kind === 'vscode' ? { kind, workerUrl, ...vscode() } : { kind, workerUrl, ...browser(onLost) };
}

function vscode(): Pick<Host, 'channel' | 'memory' | 'elsewhere'> {
  const api = acquireVsCodeApi();
  const wire: Wire<ToHost, ToEditor> = {
    post: (message) => api.postMessage(message),
    listen: (receive) => {
      const hear = (event: MessageEvent) => receive(event.data as ToEditor);
      window.addEventListener('message', hear);
      return () => window.removeEventListener('message', hear);
    },
  };
  return { channel: openChannel(wire), memory: { read: () => api.getState(), write: (value) => api.setState(value) }, elsewhere: createElsewhere(window) };
}

function browser(onLost: (message: string) => void): Pick<Host, 'channel' | 'memory'> {
  const address = new URL('/socket', location.href);
  address.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';
  address.search = new URLSearchParams({ token: new URLSearchParams(location.search).get('token') ?? '' }).toString();
  const socket = new WebSocket(address);
  const waiting: ToHost[] = [];
  socket.addEventListener('open', () => waiting.splice(0).forEach((message) => socket.send(JSON.stringify(message))));
  let leaving = false;
  window.addEventListener('pagehide', () => (leaving = true));
  socket.addEventListener('close', () => {
    if (!leaving) onLost('The connection to `netwright open` has ended. What is shown can no longer be changed.');
  });
  const wire: Wire<ToHost, ToEditor> = {
    // What is said before the socket opens is kept; what is said after it closed has nobody to hear it.
    post: (message) => (socket.readyState === WebSocket.OPEN ? socket.send(JSON.stringify(message)) : socket.readyState === WebSocket.CONNECTING ? void waiting.push(message) : undefined),
    listen: (receive) => {
      const hear = (event: MessageEvent<string>) => receive(JSON.parse(event.data) as ToEditor);
      socket.addEventListener('message', hear);
      return () => socket.removeEventListener('message', hear);
    },
  };
  return { channel: openChannel(wire), memory: sessionMemory() };
}

function sessionMemory(): Host['memory'] {
  const key = 'netwright';
  return {
    read: () => {
      try {
        return JSON.parse(sessionStorage.getItem(key) ?? 'null') as unknown;
      } catch {
        return null;
      }
    },
    write: (value) => {
      try {
        sessionStorage.setItem(key, JSON.stringify(value));
      } catch {
        // A page without storage forgets on reload, nothing more.
      }
    },
  };
}

/** Gives the page of a browser VS Code's theme classes: what `?theme=` says, else what the system prefers. */
export function chooseTheme(): void {
  const asked = new URLSearchParams(location.search).get('theme');
  const classes: Readonly<Record<string, string>> = { dark: 'vscode-dark', light: 'vscode-light', hc: 'vscode-high-contrast', 'hc-light': 'vscode-high-contrast vscode-high-contrast-light' };
  const [light, contrast] = [matchMedia('(prefers-color-scheme: light)'), matchMedia('(prefers-contrast: more)')];
  const show = () => {
    const chosen = (asked !== null && classes[asked]) || (contrast.matches ? classes[light.matches ? 'hc-light' : 'hc'] : light.matches ? classes['light'] : classes['dark']);
    document.body.className = `browser ${chosen ?? ''}`;
  };
  show();
  for (const query of [light, contrast]) query.addEventListener('change', show);
}
