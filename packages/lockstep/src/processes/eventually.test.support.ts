/** Asks until the answer is true. Rejects with the last answer after `withinMs`. */
export async function eventually(ask: () => unknown, withinMs = 20_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const answer = ask();
    if (answer === true) return;
    if (performance.now() > endMs) throw new Error(`Not so within ${withinMs} ms: ${String(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
