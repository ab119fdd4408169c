import net from 'node:net';

/**
 * The proxy through which a URL is asked, by the variables that other programs read: https_proxy or http_proxy, else all_proxy, small letters first; and
 * none for what no_proxy names, or for this machine itself. Throws an Error where a variable holds no URL of a proxy.
 */
export function proxyFor({ protocol, hostname, port }: URL, env: NodeJS.ProcessEnv): URL | undefined {
  const host = bare(hostname);
  if (host === 'localhost' || host.endsWith('.localhost') || /^127\./.test(host) || host === '::1') return undefined;
  const read = (name: string): string | undefined => [env[name], env[name.toUpperCase()]].find((value) => value !== undefined && value.trim() !== '')?.trim();
  if (isExempt(host, port || (protocol === 'https:' ? '443' : '80'), read('no_proxy') ?? '')) return undefined;
  const name = protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const written = read(name) ?? read('all_proxy');
  if (written === undefined) return undefined;
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(written) ? written : `http://${written}`;
  const proxy = URL.canParse(text) ? new URL(text) : undefined;
  if (proxy?.protocol === 'http:' || proxy?.protocol === 'https:') return proxy;
  // What is written may hold a password, which no message repeats.
  throw new Error(`${read(name) === undefined ? 'all_proxy' : name} ${proxy ? `names a proxy of the kind ${proxy.protocol.slice(0, -1)}; only http and https are known` : 'is no URL of a proxy, such as http://proxy.example:3128'}`);
}

/** Whether a list such as "example.com, .local, 10.0.0.0/8, host:8080" names a host: itself, all below a domain, or a network of addresses. */
function isExempt(host: string, port: string, list: string): boolean {
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === '') return false;
    if (entry === '*') return true;
    const [, name = entry, only] = /^([^:]+|\[.+\]):(\d+)$/.exec(entry) ?? [];
    if (only !== undefined && only !== port) return false;
    const domain = bare(name).replace(/^\*?\./, '');
    return inNetwork(host, domain) || host === domain || host.endsWith(`.${domain}`);
  });
}

function inNetwork(host: string, entry: string): boolean {
  const [, address = '', bits] = /^(.+)\/(\d{1,3})$/.exec(entry) ?? [];
  const [kind, prefix] = [net.isIP(address), Number(bits)];
  if (kind === 0 || net.isIP(host) !== kind || prefix > (kind === 4 ? 32 : 128)) return false;
  const network = new net.BlockList();
  network.addSubnet(address, prefix, kind === 4 ? 'ipv4' : 'ipv6');
  return network.check(host, kind === 4 ? 'ipv4' : 'ipv6');
}

/** A host as it is compared and connected to: IPv6 without its brackets. */
export const bare = (hostname: string): string => hostname.toLowerCase().replace(/^\[(.*)\]$/, '$1');
