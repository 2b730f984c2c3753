// How fast mail goes out. A mail costs as much of this process as an order, and can wait where an order cannot.

/** Mails of one run, and of one while the process has its hands full. */
const USUALLY = 100;
const WHEN_BUSY = 10;
/** Share of the time that the process was at work since the run before. */
const BUSY = 0.6;

/** @returns a function that says how many mails the run that begins may send */
export function mailPace(): () => number {
  let before = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization > BUSY ? WHEN_BUSY : USUALLY;
  };
}
