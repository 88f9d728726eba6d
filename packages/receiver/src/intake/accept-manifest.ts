import { parseManifest, sha256, showText, SyncError, type ParsedManifest } from '@lockstep/core';
import type { Peer } from '../access/authenticate.js';
import type { Parts } from '../parts.js';

/**
 * Reads a manifest after proving that it is the one that was signed. Throws SIGNATURE_INVALID, REQUEST_MALFORMED,
 * PROTOCOL_UNSUPPORTED, REQUEST_TOO_LARGE, PEER_IS_SELF, PEER_NAME_TAKEN.
 */
export function acceptManifest(parts: Parts, peer: Peer, json: string | Uint8Array): ParsedManifest {
  if (sha256(json) !== peer.digest) {
    throw new SyncError(
      'SIGNATURE_INVALID',
      `Refused a manifest that claims to be from "${peer.node}": it is not the one that was signed. Look for a proxy that alters bodies.`,
      { details: { node: peer.node } },
    );
  }
  const manifest = parseManifest(json, parts.options.limits.maxEntries);
  if (manifest.node !== peer.node) {
    throw new SyncError(
      'REQUEST_MALFORMED',
      `Refused a manifest of "${showText(manifest.node)}" in a request of "${peer.node}": both must name the sender.`,
      { details: { field: 'node' } },
    );
  }
  if (peer.node === parts.options.replica.node) throw sameName(parts, manifest);
  return manifest;
}

function sameName(parts: Parts, { node, indexId }: ParsedManifest): SyncError {
  const details = { node };
  if (indexId === parts.options.replica.index.indexId) {
    return new SyncError(
      'PEER_IS_SELF',
      `"${node}" has posted to itself: it may stand in its own list of peers.`,
      { details },
    );
  }
  return new SyncError(
    'PEER_NAME_TAKEN',
    `Another server is called "${node}" too: give every server its own LOCKSTEP_NAME.`,
    {
      details,
    },
  );
}
