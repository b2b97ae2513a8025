package io.flowfi.web.admin;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.audit.AuditMark;
import io.flowfi.audit.AuditQuery;
import io.flowfi.fanout.Connections;
import io.flowfi.fanout.Connections.Open;
import io.flowfi.log.FilterText;
import io.flowfi.log.LogIdentity;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.web.wire.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which connections an event was sent to. Deliveries are not recorded one by one: that would be a
 * line for each event and client. But the end of each connection is, with what it was sent: all
 * that its filter matches of a range. So an event in the range that the filter matches was sent.
 */
public final class Deliveries {
  /** Between the clocks of the log and of this node. */
  private static final Duration TOLERANCE = Duration.ofMinutes(1);

  private final Connections connections;
  private final LogIdentity log;

  /**
   * @param log that the connections are sent
   */
  public Deliveries(Connections connections, LogIdentity log) {
    this.connections = connections;
    this.log = log;
  }

  /** Those that are open and have passed the event. */
  List<Delivery> open(LoggedEvent event, Optional<Address> account, int most) {
    List<Delivery> all = new ArrayList<>();
    OptionalLong next = OptionalLong.of(Connections.BEGINNING);
    while (next.isPresent() && all.size() < most) {
      Connections.Page page = page(next.getAsLong());
      page.connections().stream()
          .filter(open -> account.isEmpty() || account.equals(open.account()))
          .filter(open -> wasSent(open, event))
          .limit(most - all.size())
          .map(Delivery::open)
          .forEach(all::add);
      next = page.next();
    }
    return all;
  }

  private Connections.Page page(long after) {
    try {
      return connections.list(after, Connections.LONGEST_PAGE);
    } catch (IllegalStateException e) {
      throw ProblemException.later(503, "the node is too busy: " + e.getMessage(), 1);
    }
  }

  private static boolean wasSent(Open open, LoggedEvent event) {
    return open.after().filter(event.position()::isAfter).isPresent()
        && open.cursor().filter(cursor -> !event.position().isAfter(cursor)).isPresent()
        && open.filter().matches(event);
  }

  /** Looks for the ends of those that were sent it. */
  AuditQuery closed(
      LoggedEvent event, Optional<Address> account, int limit, Optional<AuditMark> from) {
    // other logs have other events at the same positions
    Map<String, String> fields = new HashMap<>(Map.of("kind", "unsubscribed", "log", log.text()));
    account.ifPresent(address -> fields.put("account", address.strKey()));
    return new AuditQuery(
        fields,
        end -> wasSent(end, event),
        Optional.of(Instant.ofEpochSecond(event.timestamp()).minus(TOLERANCE)),
        Optional.empty(),
        limit,
        from);
  }

  private static boolean wasSent(JsonNode end, LoggedEvent event) {
    long position = event.position().value();
    if (!end.path("after").isNumber()
        || end.path("after").asLong() >= position
        || end.path("through").asLong(-1) < position) {
      return false;
    }
    try {
      return new FilterText(end.path("filter").asText()).filter().matches(event);
    } catch (IllegalArgumentException other) {
      return false; // of another version
    }
  }
}
