package io.flowfi.web.admin;

import io.flowfi.fanout.Connections.Open;
import io.flowfi.log.EventFilter;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.web.wire.FieldError;
import io.flowfi.web.wire.QueryParameters;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Which connections an administrator wants to see, and in which order.
 *
 * @param address of the client, as the list shows it
 * @param kind those whose filter holds this kind
 * @param minLag events; a connection without a cursor has no lag
 * @param after where the page before ended
 */
record ConnectionQuery(
    Optional<Address> account,
    Optional<String> address,
    Optional<Kind> kind,
    long minLag,
    Sort sort,
    boolean ascending,
    int limit,
    Optional<Mark> after) {
  static final int LONGEST_PAGE = 10_000;
  private static final int USUAL_PAGE = 50;

  /** Kinds of filters, as {@code connectionsByFilter} of the statistics counts them. */
  enum Kind {
    ALL,
    STREAM,
    USER;

    boolean isIn(EventFilter filter) {
      return switch (this) {
        case ALL -> filter.all();
        case STREAM -> !filter.streams().isEmpty();
        case USER -> !filter.users().isEmpty();
      };
    }
  }

  enum Sort {
    LAG,
    AGE,
    BYTES,
    CLIENT;

    /** The greater, the higher in a descending list. */
    private long key(OptionalLong lag, Instant since, long bytes) {
      return switch (this) {
        case LAG -> lag.orElse(-1);
        case AGE -> -since.toEpochMilli();
        case BYTES -> bytes;
        case CLIENT -> 0;
      };
    }
  }

  /** The last connection of a page. */
  record Mark(long key, String clientId) {
    private static final Comparator<Mark> ORDER =
        Comparator.comparingLong(Mark::key).thenComparing(Mark::clientId);

    String text() {
      return key + "." + clientId;
    }

    private static Mark parse(String field, String text) {
      if (!text.matches("-?[0-9]{1,18}[.][A-Za-z0-9-]{1,64}")) {
        throw new InvalidValueException(field, field + " must be the nextCursor of a page");
      }
      int dot = text.indexOf('.');
      return new Mark(Long.parseLong(text.substring(0, dot)), text.substring(dot + 1));
    }
  }

  /** Reads the parameters; {@code query} collects the errors. */
  static ConnectionQuery read(QueryParameters query) {
    return new ConnectionQuery(
        query.one("account", Address::parse),
        query.one("address", (field, text) -> FieldError.shortened(text)),
        query.one("filter", (field, text) -> word(field, text, Kind.values())),
        query.integer("minLag", 0, 999_999_999, 0),
        query.one("sort", (field, text) -> word(field, text, Sort.values())).orElse(Sort.LAG),
        query.ascending("order", false),
        query.integer("limit", 1, LONGEST_PAGE, USUAL_PAGE),
        query.one("cursor", Mark::parse));
  }

  private static <E extends Enum<E>> E word(String field, String text, E[] values) {
    for (E value : values) {
      if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
        return value;
      }
    }
    throw new InvalidValueException(
        field,
        field
            + " must be one of "
            + Arrays.stream(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", ")));
  }

  boolean matches(Open connection) {
    return (account.isEmpty() || account.equals(connection.account()))
        && (address.isEmpty() || address.get().equals(connection.address()))
        && (kind.isEmpty() || kind.get().isIn(connection.filter()))
        && (minLag == 0 || connection.lag().orElse(-1) >= minLag);
  }

  Mark mark(Open connection) {
    return new Mark(
        sort.key(connection.lag(), connection.since(), connection.bytes()), connection.clientId());
  }

  /** The same of one of another node. */
  Mark mark(OpenConnection connection) {
    Long lag = connection.lag();
    return new Mark(
        sort.key(
            lag == null ? OptionalLong.empty() : OptionalLong.of(lag),
            Instant.parse(connection.since()),
            connection.bytes()),
        connection.clientId());
  }

  /** The marks' order in the list. */
  Comparator<Mark> order() {
    return ascending ? Mark.ORDER : Mark.ORDER.reversed();
  }

  /** Whether it is behind the page before. */
  boolean isLeft(Mark mark) {
    return after.isEmpty() || order().compare(mark, after.get()) > 0;
  }

  /** The first rows of a list that is longer than a page. */
  <T> List<T> firstOf(List<T> sorted) {
    return sorted.size() > limit ? sorted.subList(0, limit) : sorted;
  }
}
