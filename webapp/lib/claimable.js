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
  const { status, accruesFrom: from, pausedAt } = stream;
  if (!['ACTIVE', 'PAUSED'].includes(status)) {
    return 0n;
  }
  if (stream.modelled === false) {
    return null;
  }
  const since = from ?? stream.startTime + (stream.totalPausedDuration ?? 0);
  const seconds = Math.max(0, Math.floor(Math.min(at, pausedAt ?? at)) - since);
  const withdrawn = BigInt(stream.withdrawnAmount);
  const rest = BigInt(stream.depositedAmount) - withdrawn;
  // the contract counts from the last withdrawal, the server from the start
  const due = BigInt(stream.ratePerSecond) * BigInt(seconds) - (from == null ? withdrawn : 0n);
  return rest < 0n || due < 0n ? 0n : due < rest ? due : rest;
}
