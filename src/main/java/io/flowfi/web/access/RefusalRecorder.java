package io.flowfi.web.access;

import io.flowfi.audit.AuditEntry;
import io.flowfi.audit.AuditTrail;
import io.flowfi.web.edge.ClientAddress;
import io.flowfi.web.wire.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Records the requests that are rejected before they reach a resource: by rates, by open mode, from
 * a foreign page, for their body; and readers that a resource rejects. A flood of them must not
 * push out what matters. So only a few a minute are written for each network, a limited number in
 * total, and the rest is only counted. Any thread may call it.
 */
public final class RefusalRecorder implements Refusal.Recorder {
  static final int MOST_OF_A_NETWORK = 5;
  static final int MOST_OF_ALL = 120;

  private static final long WINDOW_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final AuditTrail audit;
  private final InstantSource clock;
  private final LongSupplier nanos;

  // Guarded by this. No more networks than MOST_OF_ALL, because each has at least one line.
  private final Map<String, Integer> written = new HashMap<>();
  private int writtenInAll;
  private long leftOut;
  private long windowBegan;

  public RefusalRecorder(AuditTrail audit, InstantSource clock) {
    this(audit, clock, System::nanoTime);
  }

  RefusalRecorder(AuditTrail audit, InstantSource clock, LongSupplier nanos) {
    this.audit = audit;
    this.clock = clock;
    this.nanos = nanos;
    this.windowBegan = nanos.getAsLong();
  }

  @Override
  public void refused(HttpServletRequest request, int status) {
    if (isToBeWritten(ClientAddress.of(request).network())) {
      audit.record(
          new AuditEntry.Refused(
              clock.instant(),
              RequestRecorder.who(request),
              request.getMethod(),
              RequestRecorder.path(request),
              status));
    }
  }

  private synchronized boolean isToBeWritten(String network) {
    long now = nanos.getAsLong();
    if (now - windowBegan >= WINDOW_NANOS) {
      sum();
      windowBegan = now;
      written.clear();
      writtenInAll = 0;
    }
    if (writtenInAll == MOST_OF_ALL || written.getOrDefault(network, 0) == MOST_OF_A_NETWORK) {
      leftOut++;
      return false;
    }
    written.merge(network, 1, Integer::sum);
    writtenInAll++;
    return true;
  }

  /** Records how many were left out since the last time. */
  public synchronized void sum() {
    if (leftOut > 0) {
      audit.record(new AuditEntry.RefusalsLeftOut(clock.instant(), leftOut));
      leftOut = 0;
    }
  }
}
