// @ts-check
// Amounts are i128 decimal strings: BigInt in, text out, never Number (a double loses digits above 2^53).

/**
 * The state of a stream.
 *
 * @typedef {object} StreamState
 * @property {string} streamId
 * @property {string} sender
 * @property {string} recipient
 * @property {string} [tokenAddress]
 * @property {string} status ACTIVE, PAUSED, CANCELLED or COMPLETED
 * @property {string} ratePerSecond
 * @property {string} depositedAmount
 * @property {string} withdrawnAmount
 * @property {number} startTime Unix seconds, as the times below
 * @property {number|null} [pausedAt]
 * @property {number} [totalPausedDuration]
 * @property {number} [lastUpdateTime]
 * @property {number} version
 * @property {string} [origin] api or chain
 */

/**
 * Groups digits by thin no-break spaces for reading; the exact digits are all there.
 *
 * @param {string|bigint} amount
 */
export function groupDigits(amount) {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** @param {string} [key] */
export const shortKey = (key) => (key ? `${key.slice(0, 4)}…${key.slice(-4)}` : '');

/** @typedef {Pick<StreamState, 'startTime'|'pausedAt'|'totalPausedDuration'>} Times */

/**
 * Seconds that count for payment: since the start, without pauses, never negative.
 *
 * @param {Times} stream
 * @param {number} at
 */
function streamedSeconds(stream, at) {
  const until = stream.pausedAt != null ? Math.min(at, stream.pausedAt) : at;
  return Math.max(0, until - stream.startTime - (stream.totalPausedDuration ?? 0));
}

/**
 * What the recipient could withdraw at `at` (Unix seconds): the server's rule, contract section 1.
 *
 * @param {Times & Pick<StreamState, 'status'|'ratePerSecond'|'depositedAmount'|'withdrawnAmount'>} stream
 * @param {number} at
 */
export function claimable(stream, at) {
  if (stream.status !== 'ACTIVE' && stream.status !== 'PAUSED') {
    return 0n;
  }
  const deposited = BigInt(stream.depositedAmount);
  const streamed = BigInt(stream.ratePerSecond) * BigInt(streamedSeconds(stream, at));
  const left = (streamed < deposited ? streamed : deposited) - BigInt(stream.withdrawnAmount);
  return left > 0n ? left : 0n;
}

/**
 * part/whole as a number from 0 to 1, exact to four digits: for bars only.
 *
 * @param {string|bigint} part
 * @param {string|bigint} whole
 */
export function share(part, whole) {
  const all = BigInt(whole);
  return all === 0n ? 0 : Number((BigInt(part) * 10000n) / all) / 10000;
}
