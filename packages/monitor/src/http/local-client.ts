import type { IncomingMessage } from 'node:http';
import { BlockList, isIPv4, isIPv6 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const forwardingHeaders = ['x-forwarded-for', 'x-forwarded-host', 'forwarded', 'x-real-ip', 'via'];

/**
 * True when the request comes from this very machine: by the socket's address, not passed on by a proxy, and asking for a
 * host name of this machine (a web page whose name was pointed at 127.0.0.1 asks for its own).
 */
export function isLocalClient(req: Pick<IncomingMessage, 'headers' | 'socket'>): boolean {
  const forwarded = forwardingHeaders.some((name) => req.headers[name] !== undefined);
  return !forwarded && isLoopback(req.socket.remoteAddress ?? '') && isLocalHost(req.headers.host ?? '');
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
