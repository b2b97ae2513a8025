package io.flowfi.web.admin;

import io.flowfi.indexer.ChainLease;
import io.flowfi.indexer.Drift;
import io.flowfi.indexer.ReconciliationStatus;
import io.flowfi.web.admin.IndexerState.FollowingNode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@link ReconciliationStatus} as administrators see it; what is not known is null. */
record DriftReport(
    boolean running,
    String began,
    String ended,
    long compared,
    long later,
    long found,
    String error,
    List<StreamDrift> drifts,
    FollowingNode followedBy) {

  /**
   * @param followedBy the other node that compares, because it follows the chain
   */
  static DriftReport of(ReconciliationStatus status, Optional<ChainLease.Holder> followedBy) {
    return new DriftReport(
        status.running(),
        text(status.began()),
        text(status.ended()),
        status.compared(),
        status.later(),
        status.found(),
        status.error().orElse(null),
        status.drifts().stream().map(StreamDrift::of).toList(),
        followedBy.map(FollowingNode::of).orElse(null));
  }

  private static String text(Optional<Instant> time) {
    return time.map(Instant::toString).orElse(null);
  }

  /** A stream that drifts. */
  record StreamDrift(
      String streamId, String found, long asOfLedger, List<ValueDifference> differences) {
    private static StreamDrift of(Drift drift) {
      return new StreamDrift(
          drift.stream().toString(),
          drift.found().toString(),
          drift.asOfLedger(),
          ValueDifference.all(drift.differences()));
    }
  }

  /** One value, as the stream has it and as it should be. */
  record ValueDifference(String with, String field, String here, String there) {
    static List<ValueDifference> all(List<Drift.Difference> differences) {
      return differences.stream()
          .map(
              one ->
                  new ValueDifference(
                      one.with().name().toLowerCase(Locale.ROOT),
                      one.field(),
                      one.here(),
                      one.there()))
          .toList();
    }
  }
}
