import { SyncError } from '../model/error.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON in UTF-8. Throws REQUEST_MALFORMED. */
export function parseJson(json: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof json === 'string' ? json : utf8.decode(json)) as unknown;
  } catch (cause) {
    throw new SyncError(
      'REQUEST_MALFORMED',
      `Refused a body of ${json.length} bytes: it is not JSON in UTF-8.`,
      { cause },
    );
  }
}
