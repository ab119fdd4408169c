import { expect, it } from 'vitest';
import { networkVariables } from '../../extension/tasks/proxy.js';
import { proxyFor } from '../../lib/task/parts/proxy.js';

const usual = { proxy: '', noProxy: [], proxyStrictSSL: true, proxySupport: 'override' } as const;
const via = (settings: Parameters<typeof networkVariables>[0], inherited: NodeJS.ProcessEnv = {}, url = 'https://registry.example/a'): string | undefined => proxyFor(new URL(url), { ...inherited, ...networkVariables(settings) })?.host;

it('settings that say nothing leave the environment as it is', () => {
  expect(networkVariables(usual)).toEqual({});
  expect(via(usual, { HTTPS_PROXY: 'http://own.example:1' })).toBe('own.example:1');
});

it('the proxy of the settings comes before that of the environment, for both schemes', () => {
  const settings = { ...usual, proxy: ' http://set.example:3128 ' };
  for (const inherited of [{}, { HTTPS_PROXY: 'http://own.example:1', https_proxy: 'http://own.example:1', http_proxy: 'http://own.example:1' }])
    for (const scheme of ['http', 'https']) expect(via(settings, inherited, `${scheme}://registry.example/a`)).toBe('set.example:3128');
});

it('hosts that the settings except are asked without it', () => {
  const settings = { ...usual, proxy: 'http://set.example:3128', noProxy: ['registry.example', ' .local '] };
  expect(via(settings)).toBeUndefined();
  expect(via(settings, {}, 'https://a.local/')).toBeUndefined();
  expect(via(settings, {}, 'https://other.example/')).toBe('set.example:3128');
});

it('support that is off means no proxy at all, and certificates are asked for unless that is off too', () => {
  const off = { ...usual, proxy: 'http://set.example:3128', proxySupport: 'off', proxyStrictSSL: false };
  expect(via(off, { https_proxy: 'http://own.example:1' })).toBeUndefined();
  expect(networkVariables(off)['NETWRIGHT_STRICT_SSL']).toBe('0');
});
