package io.flowfi.indexer;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How the streams of the chain were compared with what they should be.
 *
 * @param running whether a round is under way
 * @param began when the last round began
 * @param ended when the last whole round ended
 * @param compared streams of the present or last round that were compared
 * @param later streams of it that could not be compared: the chain has changed them after the
 *     ledgers that were read, or they cannot be read
 * @param found how often a drift was found since the node started
 * @param error why the last round ended early
 * @param drifts streams that drift now, {@value DriftList#MOST} at most
 */
public record ReconciliationStatus(
    boolean running,
    Optional<Instant> began,
    Optional<Instant> ended,
    long compared,
    long later,
    long found,
    Optional<String> error,
    List<Drift> drifts) {
  public ReconciliationStatus {
    drifts = List.copyOf(drifts);
  }
}
