package io.flowfi.web.events;

import io.flowfi.audit.AuditEntry;
import io.flowfi.audit.AuditEntry.Who;
import io.flowfi.audit.AuditLog;
import io.flowfi.fanout.CloseReason;
import io.flowfi.fanout.Subscription;
import io.flowfi.fanout.SubscriptionListener;
import io.flowfi.log.EventFilter;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Records which part of the log a client was really sent, not which part it asked for. Each
 * accepted subscription has one entry for its beginning and one for its end.
 */
final class SubscriptionRecord implements SubscriptionListener {
  private final AuditLog audit;
  private final InstantSource clock;
  private final Who who;
  private final Subscription subscription;
  private final Runnable release;

  /** Used by the pump's thread; another thread may end a subscription that never began. */
  private boolean begun;

  /** Why the server has ended it; empty otherwise. */
  private String reason = "";

  /**
   * @param release releases what the connection holds
   */
  SubscriptionRecord(
      AuditLog audit, InstantSource clock, Who who, Subscription subscription, Runnable release) {
    this.audit = audit;
    this.clock = clock;
    this.who = who;
    this.subscription = subscription;
    this.release = release;
  }

  @Override
  public void began(long after) {
    if (!begun) {
      begun = true;
      audit.record(
          new AuditEntry.Subscribed(
              clock.instant(), who, subscription.clientId(), describe(subscription), after));
    }
  }

  @Override
  public void closing(CloseReason why) {
    reason = why.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void ended(long through) {
    release.run();
    began(-1);
    audit.record(
        new AuditEntry.Unsubscribed(
            clock.instant(), who, subscription.clientId(), through, reason));
  }

  private static String describe(Subscription subscription) {
    EventFilter filter = subscription.filter();
    StringJoiner text = new StringJoiner("&");
    if (filter.all()) {
      text.add("all=true");
    }
    addValues(text, "streams", filter.streams(), StreamId::toString);
    addValues(text, "users", filter.users(), Address::strKey);
    addValues(text, "types", filter.types(), EventType::wireName);
    if (subscription.snapshot()) {
      text.add("snapshot=true");
    }
    return text.toString();
  }

  private static <T> void addValues(
      StringJoiner text, String name, Set<T> values, Function<T, String> write) {
    if (!values.isEmpty()) {
      text.add(
          values.stream().map(write).sorted().collect(Collectors.joining(",", name + "=", "")));
    }
  }
}
