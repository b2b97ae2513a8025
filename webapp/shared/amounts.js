// @ts-check
// Amounts are i128 decimal strings: BigInt in, text out, never Number (a double loses digits above 2^53).

export { claimable } from '../lib/claimable.js';

/**
 * Groups digits by thin no-break spaces for reading; the exact digits are all there.
 *
 * @param {string|bigint} amount
 */
export function groupDigits(amount) {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** @param {string|null} [key] */
export const shortKey = (key) => (key ? `${key.slice(0, 4)}…${key.slice(-4)}` : '');

/**
 * Who pays whom; empty where nobody is named. A party that the chain has not told yet is a question mark.
 *
 * @param {{sender?: string|null, recipient?: string|null}} of a stream, or an event of one
 * @param {(key: string) => string} [shown] how to show an address; whole, if it is left out
 */
export const parties = ({ sender, recipient }, shown = String) =>
  sender || recipient ? [sender, recipient].map((key) => (key ? shown(key) : '?')).join(' → ') : '';

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
