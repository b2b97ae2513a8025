package io.flowfi.indexer;

import java.time.Duration;
import java.time.Instant;

/**
 * The contract's code was changed: what it does from then on is not what this version was made for,
 * as far as anybody knows. The indexer goes on, and raises an alarm.
 *
 * @param ledger in which it was changed
 * @param at when the log heard of it
 * @param oldWasm the hash of the code before, in hexadecimal digits, or another word of the network
 *     on what ran there; {@code newWasm} likewise
 */
public record ContractUpgrade(long ledger, Instant at, String oldWasm, String newWasm) {
  /** How long it is an alarm. */
  public static final Duration ALARM = Duration.ofHours(24);

  boolean isAlarm(Instant now) {
    return now.isBefore(at.plus(ALARM));
  }
}
