import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Wire } from '../../protocol/channel.js';
import type { ToEditor, ToHost } from '../../protocol/messages.js';
import { packageFolder } from '../package-folder.js';
import { contentPolicy, pageHtml, readAsset } from './assets.js';
import { openDesk } from './desk.js';

export interface Served {
  /** The page's address with its secret. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** A free port unless given. */
  readonly port?: number;
  /** Where dist/ and media/ are. */
  readonly folder?: string;
}

/** Largest message taken from a page: a document of some ten megabytes. */
const LARGEST_MESSAGE = 32 * 1024 * 1024;

/**
 * Serves the editor on one file at the loopback address. Only a page that knows the random token is answered, and only where the request names
 * this server as Host and (for the socket) as Origin, so that neither another site nor a rebound name reaches the document.
 */
export async function serve(file: string, { port = 0, folder = packageFolder() }: ServeOptions = {}): Promise<Served> {
  const token = randomBytes(24).toString('base64url');
  const desk = openDesk({ file: path.resolve(file), packageFolder: folder });
  let hosts: ReadonlySet<string> = new Set();

  const server = createServer((request, response) => {
    const refuse = (status: number, reason: string) => response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(reason);
    if (!hosts.has(request.headers.host ?? '')) return refuse(403, 'Unknown host.');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET.');
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const headers = {
      'content-security-policy': contentPolicy((server.address() as AddressInfo).port),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-store',
    };
    if (url.pathname === '/') {
      if (!sameToken(url.searchParams.get('token'), token)) return refuse(403, 'This address lacks its token: use the one that `netwright open` printed.');
      return response.writeHead(200, { ...headers, 'content-type': 'text/html; charset=utf-8' }).end(pageHtml(path.basename(file)));
    }
    const asset = readAsset(folder, url.pathname.slice(1));
    if (!asset) return refuse(404, 'Not found. Is the page built? `npm run build` makes it.');
    return response.writeHead(200, { ...headers, 'content-type': asset.type }).end(asset.body);
  });

  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const origin = request.headers.origin?.replace(/^http:\/\//, '') ?? '';
    if (url.pathname !== '/socket' || !hosts.has(request.headers.host ?? '') || !hosts.has(origin) || !sameToken(url.searchParams.get('token'), token)) {
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page) => {
      const leave = desk.join(socketWire(page));
      page.on('close', leave);
      page.on('error', () => page.close());
    });
  });

  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', listening);
  }).catch((error: unknown) => {
    desk.close();
    throw error;
  });
  const { port: actual } = server.address() as AddressInfo;
  hosts = new Set([`127.0.0.1:${actual}`, `localhost:${actual}`]);
  return {
    url: `http://127.0.0.1:${actual}/?token=${token}`,
    close: () =>
      new Promise((closed) => {
        desk.close();
        for (const page of sockets.clients) page.terminate();
        sockets.close();
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/** A page's socket as one end of a channel; what is no JSON is dropped. */
function socketWire(page: WebSocket): Wire<ToEditor, ToHost> {
  return {
    post: (message) => {
      if (page.readyState === page.OPEN) page.send(JSON.stringify(message));
    },
    listen: (receive) => {
      const hear = (data: unknown) => {
        try {
          receive(JSON.parse(String(data)) as ToHost);
        } catch (error) {
          if (!(error instanceof SyntaxError)) throw error;
        }
      };
      page.on('message', hear);
      return () => page.off('message', hear);
    },
  };
}

function sameToken(given: string | null, token: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
