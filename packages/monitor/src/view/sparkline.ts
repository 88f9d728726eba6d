/** A chart as SVG path data: a line and the area below it. */
export interface Sparkline {
  readonly line: string;
  readonly area: string;
}

/** The drawing's size in SVG units; the template's `viewBox` is the same. */
export const sparklineSize = { width: 160, height: 40 } as const;

/** Values, oldest first, as a chart from zero to the largest. Fewer than two values draw nothing. */
export function sparkline(values: readonly number[]): Sparkline {
  if (values.length < 2) return { line: '', area: '' };
  const { width, height } = sparklineSize;
  const top = Math.max(...values, 1);
  const points = values.map((value, position) => {
    const x = (position / (values.length - 1)) * width;
    const y = height - 2 - (value / top) * (height - 4);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  const line = `M${points.join('L')}`;
  return { line, area: `${line}L${width} ${height}L0 ${height}Z` };
}
