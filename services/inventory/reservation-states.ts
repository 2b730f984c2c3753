// The life of a reservation: state -> event -> next state. REFUSED and RELEASED are remembered, so that a request which
// arrives late or twice is answered like the first one and holds nothing.

export const RESERVATION_STATES = ["HELD", "COMMITTED", "EXPIRED", "RELEASED", "REFUSED"] as const;
export type ReservationState = (typeof RESERVATION_STATES)[number];

export type ReservationEvent = "commit" | "release" | "expire" | "reserve";

export const RESERVATION_LIFE: Record<ReservationState, Partial<Record<ReservationEvent, ReservationState>>> = {
  HELD: { commit: "COMMITTED", release: "RELEASED", expire: "EXPIRED" },
  COMMITTED: { release: "RELEASED" },
  EXPIRED: { reserve: "HELD", release: "RELEASED" },
  RELEASED: {},
  REFUSED: {},
};

/** The states that an event may leave, for the conditional statements that make the transition. */
export const statesBefore = (event: ReservationEvent): ReservationState[] =>
  RESERVATION_STATES.filter((state) => RESERVATION_LIFE[state][event] !== undefined);
