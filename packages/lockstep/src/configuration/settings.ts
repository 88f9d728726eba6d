import { SyncError } from '@lockstep/core';
import type { LockstepOptions } from '../options.js';
import { nearestName } from './nearest-name.js';
import type { Setting } from './setting.js';

type OptionName = keyof LockstepOptions;

/** The options that a variable can set. */
const variables = {
  name: 'LOCKSTEP_NAME',
  root: 'LOCKSTEP_ROOT',
  stateDir: 'LOCKSTEP_STATE_DIR',
  peers: 'LOCKSTEP_PEERS',
  secret: 'LOCKSTEP_SECRET',
  peerSecrets: 'LOCKSTEP_PEER_SECRETS',
  uploadToken: 'LOCKSTEP_UPLOAD_TOKEN',
  monitorPassword: 'LOCKSTEP_MONITOR_PASSWORD',
  logLevel: 'LOCKSTEP_LOG_LEVEL',
  folders: 'LOCKSTEP_FOLDERS',
  maxFileMb: 'LOCKSTEP_MAX_FILE_MB',
  maxBytesPerSecond: 'LOCKSTEP_MAX_BYTES_PER_SECOND',
  maxRequestsPerPeer: 'LOCKSTEP_MAX_REQUESTS_PER_PEER',
  maxRequestsInAll: 'LOCKSTEP_MAX_REQUESTS_IN_ALL',
} as const satisfies Partial<Record<OptionName, string>>;

const optionsOnly = [
  'mountPath',
  'monitorPath',
  'ignore',
  'durability',
  'compression',
  'log',
  'production',
  'rights',
  'limits',
  'httpsAgent',
  'usePolling',
  'shared',
  'modeMask',
] as const satisfies readonly OptionName[];

const secretOptions: ReadonlySet<string> = new Set<OptionName>([
  'secret',
  'peerSecrets',
  'uploadToken',
  'monitorPassword',
]);

/** Every variable that Lockstep knows. */
export const knownVariables: readonly string[] = Object.values(variables);
/** Every option that Lockstep knows. */
export const knownOptions: readonly string[] = [...Object.keys(variables), ...optionsOnly];

/** The settings by option name: the option where it is given, else the variable where it is not empty. */
export interface Settings {
  get(option: OptionName): Setting | undefined;
}

/** Joins variables and options. Throws OPTION_INVALID for a name that Lockstep does not know. */
export function joinSettings(env: NodeJS.ProcessEnv, options: LockstepOptions): Settings {
  refuseUnknown(Object.keys(env).filter(looksLikeOurs), knownVariables, 'variable');
  refuseUnknown(Object.keys(options), knownOptions, 'option');
  const given: Readonly<Record<string, unknown>> = { ...options };
  return {
    get(option) {
      const secret = secretOptions.has(option);
      const value = given[option];
      if (value !== undefined) return { label: `the option "${option}"`, value, secret };
      const variable = variableOf(option);
      const text = variable === undefined ? undefined : env[variable];
      if (variable === undefined || text === undefined || text.trim() === '') return undefined;
      return { label: variable, value: text, secret };
    },
  };
}

function variableOf(option: OptionName): string | undefined {
  return option in variables ? variables[option as keyof typeof variables] : undefined;
}

function looksLikeOurs(variable: string): boolean {
  return variable.toUpperCase().startsWith('LOCKSTEP_');
}

function refuseUnknown(
  names: readonly string[],
  known: readonly string[],
  what: 'variable' | 'option',
): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    const remedy = nearest === null ? `Known are: ${known.join(', ')}.` : `Did you mean ${nearest}?`;
    throw new SyncError('OPTION_INVALID', `The ${what} ${name} is unknown. ${remedy}`, {
      details: { option: name },
    });
  }
}
