/**
 * The two SKUs of one order. With `oneSku` the first is always the same, so that every order wants the same row of stock.
 * @param skus at least two
 */
export function chooseSkus(skus: readonly string[], number: number, oneSku: boolean): [string, string] {
  const others = skus.length - 1;
  const first = oneSku ? 0 : number % skus.length;
  const distance = 1 + ((oneSku ? number : Math.floor(number / skus.length)) % others);
  return [skus[first]!, skus[(first + distance) % skus.length]!];
}
