package io.flowfi.web.events;

import io.flowfi.audit.AuditEntry;
import io.flowfi.audit.AuditEntry.Who;
import io.flowfi.audit.AuditTrail;
import io.flowfi.fanout.CloseReason;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.log.FilterText;
import io.flowfi.log.LogIdentity;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/**
 * Records which part of the log a client was really sent, not which part it asked for. Each
 * accepted subscription has one entry for its beginning and one for its end.
 */
final class SubscriptionRecord implements SubscriptionListener {
  private final AuditTrail audit;
  private final InstantSource clock;
  private final Who who;
  private final LogIdentity log;
  private final Subscription subscription;
  private final Runnable release;

  private final Instant opened;

  /**
   * What it has begun after; negative if it has not. Used by the pump's thread; another thread may
   * end a subscription that never began.
   */
  private long after = -1;

  /** Why the server has ended it; empty otherwise. */
  private String reason = "";

  /**
   * @param release releases what the connection holds
   */
  SubscriptionRecord(
      AuditTrail audit,
      InstantSource clock,
      Who who,
      LogIdentity log,
      Subscription subscription,
      Runnable release) {
    this.audit = audit;
    this.clock = clock;
    this.who = who;
    this.log = log;
    this.subscription = subscription;
    this.release = release;
    this.opened = clock.instant();
  }

  /** Where it starts over, events may be left out: then it has another entry. */
  @Override
  public void began(long position) {
    after = position;
    audit.record(
        new AuditEntry.Subscribed(clock.instant(), who, subscription.clientId(), filter(), after));
  }

  @Override
  public void closing(CloseReason why) {
    reason = why.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void ended(long through) {
    release.run();
    if (after < 0) {
      began(-1);
    }
    audit.record(
        new AuditEntry.Unsubscribed(
            clock.instant(),
            who,
            subscription.clientId(),
            opened,
            log.text(),
            filter(),
            after,
            through,
            reason));
  }

  /** Written when it is needed: kept, that of 256 addresses would be 15 KB a connection. */
  private String filter() {
    FilterText written = FilterText.of(subscription.filter());
    return (subscription.snapshot() ? written.withSnapshot() : written).text();
  }
}
