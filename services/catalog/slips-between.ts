/**
 * How many slips of the pen make one word of the other: a letter too many, one left out, a wrong one, or two that changed places
 * (optimal string alignment).
 */
export function slipsBetween(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let k = 1; k <= other.length; k++) {
      const wrong = one[i - 1] === other[k - 1] ? 0 : 1;
      const swapped = i > 1 && k > 1 && one[i - 1] === other[k - 2] && one[i - 2] === other[k - 1];
      row[k] = Math.min(
        (last[k] ?? 0) + 1,
        (row[k - 1] ?? 0) + 1,
        (last[k - 1] ?? 0) + wrong,
        swapped ? (beforeLast[k - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforeLast, last] = [last, row];
  }
  return last[other.length] ?? 0;
}

/** In a short word another letter makes another word: one slip up to five letters, two in a longer one. */
export const mayMean = (typed: string, slips: number): boolean => slips <= (typed.length <= 5 ? 1 : 2);
