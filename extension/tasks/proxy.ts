/** VS Code's own settings about the network, as its section `http` has them. */
export interface HttpSettings {
  readonly proxy: string;
  readonly noProxy: readonly string[];
  readonly proxyStrictSSL: boolean;
  /** "off": requests of extensions go without a proxy. */
  readonly proxySupport: string;
}

/** Those settings as variables of the environment, by which our command, pip and npm know them. What a setting leaves open is as the environment has it. */
export function networkVariables({ proxy, noProxy, proxyStrictSSL, proxySupport }: HttpSettings): Readonly<Record<string, string>> {
  const written = proxy.trim();
  const exempt = proxySupport === 'off' ? ['*'] : noProxy.map((host) => host.trim()).filter(Boolean);
  return {
    ...(written && proxySupport !== 'off' && { ...both('http_proxy', written), ...both('https_proxy', written) }),
    ...(exempt.length && both('no_proxy', exempt.join(','))),
    ...(!proxyStrictSSL && { NETWRIGHT_STRICT_SSL: '0' }),
  };
}

/** In small and in large letters: programs differ in which they read, and on Windows they are one name. */
const both = (name: string, value: string): Readonly<Record<string, string>> => ({ [name]: value, [name.toUpperCase()]: value });
