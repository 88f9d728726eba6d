/** Randomness, injected so that a seed replays a run. */
export interface Random {
  /** A fraction in [0, 1). */
  fraction(): number;
  /** An identity nobody else has: 32 lower-case hex digits. */
  id(): string;
}
