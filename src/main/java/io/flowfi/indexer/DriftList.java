package io.flowfi.indexer;

import io.flowfi.payment.StreamId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The streams that drift now, a limited number of them. Any thread may call. */
final class DriftList {
  static final int MOST = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(DriftList.class);

  // guarded by this
  private final Map<StreamId, Drift> present = new LinkedHashMap<>();
  private long found;
  private boolean full;

  /** Takes what a comparison has found; the log warns of each finding once. */
  synchronized void found(Drift drift) {
    Drift before = present.get(drift.stream());
    if (before != null && before.differences().equals(drift.differences())) {
      return;
    }
    if (before == null && present.size() == MOST) {
      if (!full) {
        full = true;
        LOG.warn("{} streams drift; further ones are only counted", MOST);
      }
      found++;
      return;
    }
    found++;
    LOG.warn(
        "stream {} drifts as of ledger {}: {}; POST /v1/admin/indexer/reconcile/{} repairs it",
        drift.stream(),
        drift.asOfLedger(),
        drift.sentence(),
        drift.stream());
    present.put(drift.stream(), drift);
  }

  /** A stream is as it should be, or is no longer compared. */
  synchronized void settled(StreamId stream) {
    if (present.remove(stream) != null) {
      full = false;
      LOG.info("stream {} does not drift any more", stream);
    }
  }

  synchronized List<Drift> all() {
    return List.copyOf(present.values());
  }

  synchronized int size() {
    return present.size();
  }

  /** How many were found since the node started. */
  synchronized long found() {
    return found;
  }
}
