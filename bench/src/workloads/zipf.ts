/** Picks numbers below `count`; the n-th is picked in proportion to 1/n: a few are hot, most are cold. */
export function createZipf(count: number, random: () => number): () => number {
  const cumulative: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= count; rank += 1) cumulative.push((sum += 1 / rank));
  return () => {
    const point = random() * sum;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((cumulative[middle] ?? sum) > point) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
