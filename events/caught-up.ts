// Whether a read model is whole. A group that is new, or one that was rewound, is given everything from the first event on; until
// it has seen what had been published when it began, what it does not know may only not have come yet.

/**
 * For a statement of the consumer's own database, so that a read needs no second one: true when the group has caught up.
 * @param group a name from the code, and nothing that came from outside
 */
export const caughtUp = (group: string): string =>
  `(select coalesce(bool_and(caught_up_generation >= generation), false) from consumer_positions
    where consumer_group = '${group}')`;
