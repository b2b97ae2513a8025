// @ts-check
// What an event says, in a few words.
import { groupDigits } from './amounts.js';

/**
 * What changed, in amounts and times, by type.
 *
 * @param {string} type
 * @param {any} data
 */
export function summary(type, data) {
  switch (type) {
    case 'stream.created':
      return `${groupDigits(data.ratePerSecond)}/s of ${groupDigits(data.depositedAmount)}`;
    case 'stream.topped_up':
      return `+${groupDigits(data.amount)} → ${groupDigits(data.newDepositedAmount)}`;
    case 'stream.withdrawn':
      return `${groupDigits(data.amount)}, in all ${groupDigits(data.withdrawnAmount)}`;
    case 'stream.cancelled':
      return `refund ${groupDigits(data.refundedAmount)}, paid ${groupDigits(data.amountWithdrawn)}`;
    case 'stream.completed':
      return `paid ${groupDigits(data.totalWithdrawn)}`;
    case 'stream.fee_collected':
      return `fee ${groupDigits(data.feeAmount)}`;
    case 'stream.rate_modified':
      return `${groupDigits(data.oldRatePerSecond)}/s → ${groupDigits(data.newRatePerSecond)}/s`;
    case 'stream.changed':
    case 'protocol.changed':
      return data.name;
    case 'stream.snapshot':
      return `${data.status}, ${groupDigits(data.withdrawnAmount)} of ${groupDigits(data.depositedAmount)}`;
    default:
      return '';
  }
}
