/** The time, passed in wherever it decides something, so that tests move it instead of waiting. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();
