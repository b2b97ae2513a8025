package io.flowfi.web.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.flowfi.fanout.Connections.Open;
import io.flowfi.log.EventFilter;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * A connection as the list shows it. The fields are those of {@link Open}.
 *
 * @param since when it began
 * @param node the id of the node that serves it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record OpenConnection(
    String clientId,
    String account,
    String address,
    ConnectionFilter filter,
    Long cursor,
    Long lag,
    String since,
    long ageSeconds,
    long bytes,
    String node) {

  static OpenConnection of(Open open, String node) {
    return new OpenConnection(
        open.clientId(),
        open.account().map(Address::strKey).orElse(null),
        open.address(),
        ConnectionFilter.of(open.filter()),
        open.cursor().isPresent() ? open.cursor().get().value() : null,
        open.lag().isPresent() ? open.lag().getAsLong() : null,
        open.since().truncatedTo(ChronoUnit.MILLIS).toString(),
        open.age().toSeconds(),
        open.bytes(),
        node);
  }

  /** What it is sent; an empty list of types stands for all. */
  record ConnectionFilter(
      boolean all, List<String> streams, List<String> users, List<String> types) {
    private static ConnectionFilter of(EventFilter filter) {
      return new ConnectionFilter(
          filter.all(),
          sorted(filter.streams(), StreamId::toString),
          sorted(filter.users(), Address::strKey),
          sorted(filter.types(), EventType::wireName));
    }

    private static <T> List<String> sorted(Collection<T> values, Function<T, String> text) {
      return values.stream().map(text).sorted().toList();
    }
  }
}
