import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv4, isIPv6 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Headers that proxies add: these, and every one that begins with `x-forwarded`. */
const forwardingHeaders: ReadonlySet<string> = new Set([
  ...['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'x-cluster-client-ip', 'x-original-forwarded-for'],
  ...[
    'cf-connecting-ip',
    'true-client-ip',
    'fastly-client-ip',
    'x-request-start',
    'x-envoy-external-address',
  ],
]);

/**
 * True when the request comes from this very machine: by the socket's address, not passed on by a proxy, and asking for a
 * host name of this machine (a web page whose name was pointed at 127.0.0.1 asks for its own). A proxy that is told nothing adds no
 * header and asks for `127.0.0.1`, but speaks HTTP/1.0 (nginx before 1.29.7), which no browser does.
 */
export function isLocalClient(req: Pick<IncomingMessage, 'headers' | 'socket' | 'httpVersion'>): boolean {
  return (
    req.httpVersion !== '1.0' &&
    !Object.keys(req.headers).some(isForwarding) &&
    isLoopback(req.socket.remoteAddress ?? '') &&
    isLocalHost(req.headers.host ?? '')
  );
}

function isForwarding(header: string): boolean {
  return header.startsWith('x-forwarded') || forwardingHeaders.has(header);
}

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/iu, '');
  if (isIPv4(plain)) return loopback.check(plain, 'ipv4');
  return isIPv6(plain) && loopback.check(plain, 'ipv6');
}

function isLocalHost(host: string): boolean {
  const name = host.replace(/:\d+$/u, '').replace(/^\[(.*)\]$/u, '$1');
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name);
}
