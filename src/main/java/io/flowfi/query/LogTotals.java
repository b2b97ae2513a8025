package io.flowfi.query;

import io.flowfi.payment.Address;
import io.flowfi.payment.StreamStatus;
import java.math.BigInteger;
import java.util.Map;

/**
 * Totals over everything that is kept. Amounts in the smallest unit of each token.
 *
 * @param streams how many there are in each status
 * @param withdrawn all that recipients have received, over all tokens
 * @param fees what the contract has kept, by token; of the events that the log had when the node
 *     first counted, and of all since
 * @param feesOfTheDay the same of the last 24 hours
 * @param eventsOfTheDay how many events the log has got within the last 24 hours
 */
public record LogTotals(
    Map<StreamStatus, Long> streams,
    BigInteger withdrawn,
    Map<Address, BigInteger> fees,
    Map<Address, BigInteger> feesOfTheDay,
    long eventsOfTheDay) {
  public LogTotals {
    streams = Map.copyOf(streams);
    fees = Map.copyOf(fees);
    feesOfTheDay = Map.copyOf(feesOfTheDay);
  }
}
