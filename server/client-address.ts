/**
 * The network address a request comes from, for counting by address.
 *
 * Served by https, this server stands behind a proxy, and every connection is the proxy's: counted
 * by that, one sender would use up everybody's tries. The proxy writes whom it serves at the end of
 * `X-Forwarded-For`; what stands before that is the sender's own claim. It is believed only from an
 * address of a private network, where proxies are.
 */
import { BlockList, isIP } from 'node:net';
import type { Request } from '@hapi/hapi';
import type { Config } from './config.ts';

const privateNetworks = new BlockList();
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  privateNetworks.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  privateNetworks.addSubnet(network, bits, 'ipv6');

export function clientAddress(request: Request, config: Config): string {
  const peer = request.info.remoteAddress;
  if (!config.url?.startsWith('https:') || !isPrivate(peer)) return peer;
  const told = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return told !== undefined && isIP(told) !== 0 ? told : peer;
}

const isPrivate = (address: string): boolean =>
  isIP(address) !== 0 && privateNetworks.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
