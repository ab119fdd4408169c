import http from 'node:http';
import https from 'node:https';
import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import { bare, proxyFor } from './proxy.js';

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Where the proxy is named. */
  readonly env?: NodeJS.ProcessEnv;
}

/** What a server answers. The body must be read or destroyed. */
export interface Answer {
  readonly status: number;
  readonly words: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: http.IncomingMessage;
}

const redirections = new Set([301, 302, 303, 307, 308]);
const most = 10;

/** Asks for a URL, through the proxy that the environment names, which Node's own fetch knows nothing of. Throws an Error that says why there is no answer. */
export async function request(url: string, { headers = {}, signal, env = process.env }: RequestOptions = {}): Promise<Answer> {
  let at = new URL(url);
  for (let turns = 0; ; turns++) {
    const answer = await askOnce(at, { headers: { 'user-agent': 'netwright', ...headers }, ...(signal && { signal }), ...trust(env) }, proxyFor(at, env));
    const { location } = answer.headers;
    if (!redirections.has(answer.status) || location === undefined) return answer;
    answer.body.destroy();
    if (turns === most) throw new Error(`the server sends from one place to the next, ${most} times`);
    at = new URL(location, at);
    if (at.protocol !== 'http:' && at.protocol !== 'https:') throw new Error(`the server sends on to ${at.protocol}//, which is not asked`);
  }
}

/** A person can have said in VS Code (`http.proxyStrictSSL`) that certificates are not asked for; checksums are compared all the same. */
const trust = (env: NodeJS.ProcessEnv): { readonly rejectUnauthorized?: false } => (env['NETWRIGHT_STRICT_SSL'] === '0' ? { rejectUnauthorized: false } : {});

interface Asking {
  readonly headers: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly rejectUnauthorized?: false;
}

async function askOnce(url: URL, asking: Asking, proxy: URL | undefined): Promise<Answer> {
  const { headers, ...common } = asking;
  if (!proxy) return answered(moduleOf(url).get(url, { ...asking, agent: false }));
  if (url.protocol === 'http:') return answered(moduleOf(proxy).get({ ...common, ...placeOf(proxy), agent: false, path: url.href, headers: { ...headers, host: url.host, ...signIn(proxy) } }), proxy);
  const socket = await tunnel(proxy, url, common);
  const host = bare(url.hostname);
  const strict = common.rejectUnauthorized === undefined ? {} : { rejectUnauthorized: false };
  // Only without an agent does Node take a connection that is there.
  return answered(https.get(url, { ...asking, defaultPort: 443, createConnection: () => tls.connect({ socket, ...strict, ...(net.isIP(host) === 0 && { servername: host }) }) }));
}

/** A connection to a server that the proxy hands through without reading it (RFC 9110, CONNECT). */
function tunnel(proxy: URL, { hostname, port }: URL, common: Omit<Asking, 'headers'>): Promise<Socket> {
  const target = `${hostname}:${port || 443}`;
  return new Promise((resolve, reject) => {
    const asked = moduleOf(proxy).request({ ...placeOf(proxy), method: 'CONNECT', path: target, headers: { host: target, ...signIn(proxy) }, agent: false, ...common });
    asked.once('connect', (response: http.IncomingMessage, socket: Socket, head: Buffer) => {
      if (response.statusCode === 200) {
        if (head.length) socket.unshift(head);
        return resolve(socket);
      }
      socket.destroy();
      reject(refusal(proxy, response));
    });
    // A proxy that does not know the method answers like a server.
    asked.once('response', (response: http.IncomingMessage) => (response.destroy(), reject(refusal(proxy, response))));
    asked.once('error', (error) => reject(unreachable(error, proxy)));
    asked.end();
  });
}

function answered(asked: http.ClientRequest, proxy?: URL): Promise<Answer> {
  return new Promise((resolve, reject) => {
    asked.once('response', (body: http.IncomingMessage) => {
      // A proxy that wants a name and a password speaks for itself.
      if (proxy && body.statusCode === 407) return body.destroy(), reject(refusal(proxy, body));
      resolve({ status: body.statusCode ?? 0, words: body.statusMessage ?? '', headers: body.headers, body });
    });
    asked.once('error', (error) => reject(proxy ? unreachable(error, proxy) : new Error(reasonOf(error), { cause: error })));
  });
}

const refusal = ({ host }: URL, { statusCode, statusMessage }: http.IncomingMessage): Error => new Error(`the proxy ${host} answers ${statusCode} ${statusMessage}`);
const unreachable = (error: Error, { host }: URL): Error => new Error(`the proxy ${host}: ${reasonOf(error)}`, { cause: error });

/** Where a host has several addresses, Node tells what went wrong at each, and nothing of the whole. */
function reasonOf(error: Error): string {
  const [first] = error instanceof AggregateError ? (error.errors as readonly Error[]) : [];
  return error.message || first?.message || 'there is no connection';
}

const moduleOf = ({ protocol }: URL): typeof http | typeof https => (protocol === 'https:' ? https : http);
const placeOf = ({ protocol, hostname, port }: URL): { readonly host: string; readonly port: number } => ({ host: bare(hostname), port: Number(port) || (protocol === 'https:' ? 443 : 80) });

/** The name and password in the proxy's URL. */
function signIn({ username, password }: URL): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {};
  return { 'proxy-authorization': `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}` };
}
