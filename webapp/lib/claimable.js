// @ts-check
// What a stream has to pay now. Amounts are i128 decimal strings: BigInt, never Number (a double loses digits above
// 2^53).

/** @import { StreamState } from './streams.js' */

/** @typedef {Pick<StreamState, 'startTime'|'pausedAt'|'totalPausedDuration'|'status'|'ratePerSecond'|'depositedAmount'|'withdrawnAmount'|'accruesFrom'|'modelled'>} Terms */

/**
 * What the recipient could withdraw at `at` (Unix seconds): the server's rule. Null if the stream is not modelled.
 *
 * @param {Terms} stream
 * @param {number} at
 */
export function claimable(stream, at) {
  if (stream.status !== 'ACTIVE' && stream.status !== 'PAUSED') {
    return 0n;
  }
  if (stream.modelled === false) {
    return null;
  }
  const until = Math.min(at, stream.pausedAt ?? at);
  if (stream.accruesFrom !== undefined) {
    // as the contract computes it
    const accrued = BigInt(stream.ratePerSecond) * BigInt(Math.max(0, Math.floor(until) - stream.accruesFrom));
    const rest = BigInt(stream.depositedAmount) - BigInt(stream.withdrawnAmount);
    return rest <= 0n ? 0n : accrued < rest ? accrued : rest;
  }
  const seconds = Math.max(0, Math.floor(until) - stream.startTime - (stream.totalPausedDuration ?? 0));
  const deposited = BigInt(stream.depositedAmount);
  const streamed = BigInt(stream.ratePerSecond) * BigInt(seconds);
  const left = (streamed < deposited ? streamed : deposited) - BigInt(stream.withdrawnAmount);
  return left > 0n ? left : 0n;
}
