/** One row of the catalogue. `status` is the HTTP status on the wire; `retryable` says whether the sender tries again by itself. */
export interface ErrorDefinition {
  readonly status: number;
  readonly retryable: boolean;
  readonly remedy: string;
}

const define = <T extends Record<string, ErrorDefinition>>(catalogue: T): Readonly<T> =>
  Object.freeze(catalogue);

/** Every code that Lockstep answers, logs or throws. `docs/errors.md` is held against this table by a test. */
export const errorCatalogue = define({
  // Who is asking
  AUTH_REQUIRED: {
    status: 401,
    retryable: true,
    remedy: 'Sign the request with the shared secret (LOCKSTEP_SECRET), or send the upload token.',
  },
  SIGNATURE_INVALID: { status: 401, retryable: true, remedy: 'Give every server the same LOCKSTEP_SECRET.' },
  SIGNATURE_EXPIRED: {
    status: 401,
    retryable: true,
    remedy: 'Set the clocks of both servers (NTP); they may differ by 5 minutes at most.',
  },
  NONCE_REUSED: {
    status: 401,
    retryable: true,
    remedy: 'Nothing to do when a sender retries; otherwise somebody replays a recorded request.',
  },
  RIGHT_MISSING: {
    status: 403,
    retryable: true,
    remedy: 'Give the peer this right for the folder, or stop sending it.',
  },
  // What is asked
  REQUEST_MALFORMED: {
    status: 400,
    retryable: false,
    remedy: 'Send the fields that docs/protocol.md lists.',
  },
  PROTOCOL_UNSUPPORTED: {
    status: 409,
    retryable: true,
    remedy: 'Run the same major release of Lockstep on every server.',
  },
  FOLDER_UNKNOWN: {
    status: 404,
    retryable: true,
    remedy: 'Use one of the configured folders (LOCKSTEP_FOLDERS) on both servers.',
  },
  PATH_INVALID: {
    status: 400,
    retryable: false,
    remedy: 'Rename the file: see "What a path may be" in docs/protocol.md.',
  },
  PATH_THROUGH_LINK: {
    status: 409,
    retryable: true,
    remedy: 'Replace the symbolic link on the receiver by a real folder.',
  },
  PATH_BLOCKED: {
    status: 409,
    retryable: true,
    remedy: 'A file stands where a folder is needed, or the reverse; move it away on the receiver.',
  },
  PATH_IGNORED: {
    status: 422,
    retryable: true,
    remedy: 'The receiver excludes this path; align .syncignore and options if it should travel.',
  },
  FILE_TOO_LARGE: {
    status: 413,
    retryable: true,
    remedy: 'Raise LOCKSTEP_MAX_FILE_MB on every server, or leave the file out.',
  },
  REQUEST_TOO_LARGE: { status: 413, retryable: true, remedy: 'Send fewer entries or bytes in one request.' },
  ENCODING_REFUSED: {
    status: 415,
    retryable: true,
    remedy: 'Send the body as it is; senders do so by themselves from then on.',
  },
  CHECKSUM_MISMATCH: {
    status: 422,
    retryable: true,
    remedy: 'The bytes changed on the way or while they were read; the sender sends them again.',
  },
  CONTENT_MISSING: {
    status: 409,
    retryable: true,
    remedy: 'The sender uploads the content in its next request.',
  },
  NOT_FOUND: { status: 404, retryable: false, remedy: 'There is no such file or record on this server.' },
  CHANGED_MEANWHILE: {
    status: 409,
    retryable: true,
    remedy: 'The file changed while it was worked on; it is taken anew.',
  },
  // What this server can do now
  TOO_MANY_REQUESTS: { status: 429, retryable: true, remedy: 'Wait for Retry-After seconds.' },
  DELETION_HELD: {
    status: 409,
    retryable: true,
    remedy: 'Release the hold, or restore the files, on the monitor page.',
  },
  DISK_FULL: {
    status: 507,
    retryable: true,
    remedy: 'Free space on the receiver; nothing is lost, the sender tries again.',
  },
  NOT_PERMITTED: {
    status: 500,
    retryable: true,
    remedy: 'Let the server process read and write the folder and its state directory.',
  },
  FILE_UNREADABLE: {
    status: 500,
    retryable: true,
    remedy: 'Make the file readable for the server process; the others are not affected.',
  },
  STORAGE_FAILED: {
    status: 500,
    retryable: true,
    remedy: 'Look at the disk of this server; the log names the operation.',
  },
  INDEX_DAMAGED: {
    status: 500,
    retryable: true,
    remedy: 'Nothing: the index is rebuilt from the folders and reconciled with the peers.',
  },
  NOT_READY: { status: 503, retryable: true, remedy: 'Wait until the server has started and caught up.' },
  CLOSED: { status: 503, retryable: true, remedy: 'The server is shutting down; the sender tries again.' },
  INTERNAL: {
    status: 500,
    retryable: true,
    remedy: 'Read the log of the server that answered; report it with the log line.',
  },
  // What the sender sees
  PEER_UNREACHABLE: {
    status: 502,
    retryable: true,
    remedy: 'Start the peer, or mend its address in LOCKSTEP_PEERS, DNS or the firewall.',
  },
  PEER_TIMEOUT: {
    status: 504,
    retryable: true,
    remedy: 'Look at the load of the peer and at the network between.',
  },
  PEER_NONSENSE: {
    status: 502,
    retryable: true,
    remedy: 'The address does not answer as Lockstep: mend the URL in LOCKSTEP_PEERS.',
  },
  PEER_IS_SELF: {
    status: 409,
    retryable: false,
    remedy: 'Nothing: a server may stand in its own list of peers.',
  },
  PEER_NAME_TAKEN: { status: 409, retryable: true, remedy: 'Give every server its own LOCKSTEP_NAME.' },
  TIMED_OUT: {
    status: 504,
    retryable: true,
    remedy: 'Raise the timeout, or look on the monitor page which peer lags.',
  },
  // Configuration
  OPTION_INVALID: { status: 500, retryable: false, remedy: 'Mend the named option or variable.' },
  ROOT_MISSING: { status: 500, retryable: false, remedy: 'Create the folder, or set LOCKSTEP_ROOT.' },
  ALREADY_RUNNING: {
    status: 500,
    retryable: false,
    remedy: 'Call setupRealTimeFileSync once per process, or close the first.',
  },
  STATE_IN_USE: {
    status: 500,
    retryable: false,
    remedy: 'Give every server of this machine its own LOCKSTEP_STATE_DIR.',
  },
});

export type ErrorCode = keyof typeof errorCatalogue;
