import { isNodeId, type NodeId } from '@lockstep/core';
import { leastBytesPerSecond } from '@lockstep/sender';
import { listOf, quote, refuse, type Setting } from './setting.js';

/** The limit of a peer that is not named. */
const others = '*';
const rateRemedy =
  `Give whole bytes per second, ${leastBytesPerSecond} or more, such as 1000000 for every peer, ` +
  'or web-2=250000,1000000 for web-2 and for every other.';

/** Bytes per second by the peer’s name, `*` for those that are not named; false is no limit. */
export type RateTable = Readonly<Record<NodeId, number | false>>;

/**
 * One rate for all peers, or by name: a number, `false`, a table, or text like `web-2=250000,1000000`. Throws OPTION_INVALID, also for a name
 * that is neither this server’s nor among `peers`: it would limit nothing.
 */
export function parseRateTable(setting: Setting, known: readonly NodeId[]): RateTable {
  const table = new Map<NodeId, number | false>();
  for (const [name, given] of rateItems(setting)) {
    if (name !== others && !isNodeId(name))
      throw refuse(setting, `${quote(name)} is no name of a peer`, rateRemedy);
    if (name !== others && !known.includes(name)) {
      const remedy = `Give that peer its name in LOCKSTEP_PEERS (${name}=https://…), or mend the name here.`;
      throw refuse(setting, `no peer is called ${quote(name)}`, remedy);
    }
    const which = name === others ? 'every other peer' : name;
    if (table.has(name)) throw refuse(setting, `limits ${which} twice`, rateRemedy);
    table.set(name, rateOf(given, which, setting));
  }
  return Object.freeze(Object.fromEntries(table));
}

function rateItems(setting: Setting): (readonly [string, unknown])[] {
  const { value } = setting;
  if (value === false || typeof value === 'number') return [[others, value]];
  if (typeof value === 'string') {
    const items = listOf(setting, rateRemedy).map((item) => {
      const at = item.indexOf('=');
      return at < 0
        ? ([others, item] as const)
        : ([item.slice(0, at).trim(), item.slice(at + 1).trim()] as const);
    });
    if (items.length === 0) throw refuse(setting, 'is empty', rateRemedy);
    return items;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refuse(setting, 'is neither a number nor a table by peer', rateRemedy);
  return Object.entries(value);
}

function rateOf(given: unknown, which: string, setting: Setting): number | false {
  if (given === false) return false;
  const rate = typeof given === 'string' && /^\d{1,15}$/.test(given) ? Number(given) : given;
  if (typeof rate === 'number' && Number.isSafeInteger(rate) && rate >= leastBytesPerSecond) return rate;
  throw refuse(setting, `the limit of ${which} is no whole number from ${leastBytesPerSecond}`, rateRemedy);
}

/** How many requests may be under way. Throws OPTION_INVALID. */
export function parseRequestCount(setting: Setting, least: number, most: number, why = ''): number {
  const { value } = setting;
  const count = typeof value === 'string' && /^\d{1,6}$/.test(value.trim()) ? Number(value) : value;
  if (typeof count === 'number' && Number.isInteger(count) && count >= least && count <= most) return count;
  throw refuse(setting, `is no whole number from ${least} to ${most}`, `Give one${why}.`);
}
