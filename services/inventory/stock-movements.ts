// Why a stock level changed. The levels are the running sums of the movements.

export const MOVEMENT_TYPES = ["ADJUSTMENT", "RESERVATION", "RELEASE", "EXPIRY", "SALE", "RESTOCK"] as const;
export type MovementType = (typeof MOVEMENT_TYPES)[number];
