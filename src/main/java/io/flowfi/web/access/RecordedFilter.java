package io.flowfi.web.access;

import io.flowfi.log.EventFilter;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Filters as the audit log has them: as the query of a subscribe. */
public final class RecordedFilter {
  private RecordedFilter() {}

  public static String text(EventFilter filter, boolean snapshot) {
    StringJoiner text = new StringJoiner("&");
    if (filter.all()) {
      text.add("all=true");
    }
    addValues(text, "streams", filter.streams(), StreamId::toString);
    addValues(text, "users", filter.users(), Address::strKey);
    addValues(text, "types", filter.types(), EventType::wireName);
    if (snapshot) {
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

  /**
   * The filter that was written.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static EventFilter parse(String text) {
    Map<String, List<String>> parts = new HashMap<>();
    for (String part : text.split("&")) {
      int equals = part.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException("not a filter: " + part);
      }
      parts.put(part.substring(0, equals), List.of(part.substring(equals + 1).split(",")));
    }
    return new EventFilter(
        parts.containsKey("all"),
        values(parts, "streams", value -> StreamId.parse("streams", value)),
        values(parts, "users", value -> Address.parse("users", value)),
        values(parts, "types", EventType::named));
  }

  private static <T> Set<T> values(
      Map<String, List<String>> parts, String name, Function<String, T> read) {
    return parts.getOrDefault(name, List.of()).stream().map(read).collect(Collectors.toSet());
  }
}
