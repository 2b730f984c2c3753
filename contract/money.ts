// Money is integer minor units plus an ISO 4217 currency. Never a float, never a bare number.

export interface Money {
  amount: number;
  currency: string;
}

/**
 * Unit price times quantity, in minor units.
 * @throws RangeError past 2^53 - 1: a rounded total would be a wrong charge.
 */
export function multiply(amount: number, quantity: number): number {
  return exact(amount * quantity);
}

/** Sum of minor units. @throws RangeError past 2^53 - 1. */
export function sum(amounts: readonly number[]): number {
  return exact(amounts.reduce((total, amount) => total + amount, 0));
}

function exact(amount: number): number {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${amount} is no exact number of minor units`);
  return amount;
}
