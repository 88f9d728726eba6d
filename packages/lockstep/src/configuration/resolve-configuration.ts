import { isAbsolute, relative, resolve } from 'node:path';
import { SyncError, type NodeId } from '@lockstep/core';
import { logLevels } from '@lockstep/core/node';
import type { LockstepOptions, PeerAddress } from '../options.js';
import type { Configuration, Machine } from './configuration.js';
import { parseFolders } from './parse-folders.js';
import { parsePeers } from './parse-peers.js';
import {
  parseLog,
  parseMaxFileBytes,
  parseModeMask,
  parseMountPath,
  parseName,
  parsePatterns,
} from './parse-settings.js';
import {
  parseMonitorPassword,
  parsePeerSecretTable,
  parseSecretList,
  parseUploadToken,
} from './parse-secrets.js';
import { parseRights } from './parse-rights.js';
import { parseRateTable, parseRequestCount } from './parse-traffic.js';
import { hasSiblings } from '../processes/has-siblings.js';
import { flagOf, oneOf, refuse, textOf, type Setting } from './setting.js';
import { joinSettings, type Settings } from './settings.js';

const defaultFolders: readonly string[] = Object.freeze(['instance', 'templates', 'static']);
const mebibyte = 1024 * 1024;

/**
 * Every setting from variables and options, options first. Pure: reads no file and changes nothing it is given.
 * Throws OPTION_INVALID, naming the variable or option, quoting its value (never a secret) and saying what to do.
 */
export function resolveConfiguration(
  env: NodeJS.ProcessEnv,
  options: LockstepOptions,
  machine: Machine,
): Configuration {
  const settings = joinSettings(env, options);
  const read = <T>(option: keyof LockstepOptions, parse: (setting: Setting) => T, fallback: T): T => {
    const setting = settings.get(option);
    return setting === undefined ? fallback : parse(setting);
  };
  const name = parseName(settings.get('name'), machine.hostName);
  const root = read('root', (setting) => pathOf(setting, machine.workingDirectory), machine.workingDirectory);
  const stateDir = read('stateDir', (setting) => pathOf(setting, root), resolve(root, '.lockstep'));
  const folders = read('folders', parseFolders, defaultFolders);
  const mountPath = read('mountPath', parseMountPath, '/sync');
  const monitorPath = read('monitorPath', parseMountPath, '/sync-monitor');
  const secret = read('secret', parseSecretList, null);
  const production = read('production', flagOf, env['NODE_ENV'] === 'production');
  if (production && secret === null) throw secretMissing();
  const peers = read('peers', (setting) => parsePeers(setting, name, mountPath), []);
  refuseNested(settings, { root, stateDir, folders, mountPath, monitorPath });

  return Object.freeze<Configuration>({
    name,
    root,
    stateDir,
    folders,
    mountPath,
    monitorPath,
    peers,
    secret,
    peerSecrets: read('peerSecrets', parsePeerSecretTable, {}),
    uploadToken: read('uploadToken', parseUploadToken, false),
    monitorPassword: read('monitorPassword', parseMonitorPassword, false),
    logLevel: read('logLevel', (setting) => oneOf(setting, logLevels), 'info'),
    maxFileBytes: read('maxFileMb', parseMaxFileBytes, 100 * mebibyte),
    ...resolveTraffic(read, name, peers),
    ignore: read('ignore', parsePatterns, []),
    durability: read('durability', (setting) => oneOf(setting, ['fsync', 'os']), 'fsync'),
    log: read('log', parseLog, null),
    production,
    rights: read('rights', (setting) => parseRights(setting, folders), null),
    limits: options.limits ?? {},
    httpsAgent: options.httpsAgent ?? null,
    usePolling: read('usePolling', flagOf, false),
    shared: read('shared', flagOf, hasSiblings(env, machine.isClusterWorker ?? false)),
    modeMask: read('modeMask', parseModeMask, 0o777),
  });
}

type Read = <T>(option: keyof LockstepOptions, parse: (setting: Setting) => T, fallback: T) => T;

/** How much may be under way to the peers at a time. */
function resolveTraffic(
  read: Read,
  self: NodeId,
  peers: readonly PeerAddress[],
): Pick<Configuration, 'maxBytesPerSecond' | 'maxRequestsPerPeer' | 'maxRequestsInAll' | 'compression'> {
  const names = [self, ...peers.flatMap(({ name }) => name ?? [])];
  const inAll = (setting: Setting): number =>
    parseRequestCount(setting, Math.max(1, peers.length), 4096, ', at least one for each peer');
  return {
    maxBytesPerSecond: read('maxBytesPerSecond', (setting) => parseRateTable(setting, names), {}),
    maxRequestsPerPeer: read('maxRequestsPerPeer', (setting) => parseRequestCount(setting, 1, 64), 4),
    maxRequestsInAll: read('maxRequestsInAll', inAll, null),
    compression: read('compression', flagOf, true),
  };
}

function pathOf(setting: Setting, base: string): string {
  const text = textOf(setting, 'Give the path of a directory.');
  if (text.includes('\0')) throw refuse(setting, 'contains NUL', 'Give the path of a directory.');
  return resolve(base, text);
}

/** Made up, it would differ on every server, and none could talk to another. */
function secretMissing(): SyncError {
  return new SyncError(
    'OPTION_INVALID',
    'LOCKSTEP_SECRET is not set, and in production none is made up. ' +
      'Give every server the same one of 32 or more characters, e.g. from: openssl rand -hex 32',
    { details: { option: 'LOCKSTEP_SECRET' } },
  );
}

/** State inside a folder would be served and sent; a path inside the other would be answered by the wrong router. */
function refuseNested(
  settings: Settings,
  {
    root,
    stateDir,
    folders,
    mountPath,
    monitorPath,
  }: Pick<Configuration, 'root' | 'stateDir' | 'folders' | 'mountPath' | 'monitorPath'>,
): void {
  const inside = folders.find((folder) => isInside(stateDir, resolve(root, folder)));
  const stateSetting = settings.get('stateDir') ?? {
    label: 'LOCKSTEP_STATE_DIR',
    value: stateDir,
    secret: false,
  };
  if (inside !== undefined) {
    throw refuse(
      stateSetting,
      `lies inside the folder "${inside}"`,
      'Put it beside the folders: what lies in them is sent.',
    );
  }
  if (isInside(mountPath, monitorPath) || isInside(monitorPath, mountPath)) {
    const setting = settings.get('monitorPath') ?? {
      label: 'the option "monitorPath"',
      value: monitorPath,
      secret: false,
    };
    throw refuse(setting, `overlaps with the mount path "${mountPath}"`, 'Give each a path of its own.');
  }
}

function isInside(path: string, parent: string): boolean {
  const way = relative(parent, path);
  return (
    way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith('../') && !way.startsWith('..\\'))
  );
}
