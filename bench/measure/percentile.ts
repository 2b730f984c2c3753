/**
 * The smallest value that at least `share` of all values do not exceed (nearest rank), so that it is one that occurred.
 * @param sorted ascending
 * @param share from 0 to 1
 * @returns NaN for no values
 */
export function percentile(sorted: readonly number[] | Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
