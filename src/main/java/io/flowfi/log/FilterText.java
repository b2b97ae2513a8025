package io.flowfi.log;

import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A filter in writing, as the query of a subscribe, and the same in whatever order its values came:
 * {@code streams=1,2&types=stream.paused}. Saved filters and the audit log have it so.
 */
public record FilterText(String text) {
  private static final String ALL = "all";
  private static final String STREAMS = "streams";
  private static final String USERS = "users";
  private static final String TYPES = "types";
  private static final String SNAPSHOT = "snapshot";

  /** A part that is not known would narrow the filter, or widen it. */
  private static final Set<String> KNOWN = Set.of(ALL, STREAMS, USERS, TYPES, SNAPSHOT);

  private static final int ID_BYTES = 16;

  public static FilterText of(EventFilter filter) {
    StringJoiner text = new StringJoiner("&");
    if (filter.all()) {
      text.add(ALL + "=true");
    }
    write(text, STREAMS, filter.streams(), StreamId::toString);
    write(text, USERS, filter.users(), Address::strKey);
    write(text, TYPES, filter.types(), EventType::wireName);
    return new FilterText(text.toString());
  }

  private static <T> void write(
      StringJoiner text, String name, Set<T> values, Function<T, String> write) {
    if (!values.isEmpty()) {
      text.add(
          values.stream().map(write).sorted().collect(Collectors.joining(",", name + "=", "")));
    }
  }

  /** The same with the word for a subscriber who gets a snapshot first. */
  public FilterText withSnapshot() {
    return new FilterText(text + "&" + SNAPSHOT + "=true");
  }

  /**
   * The filter that was written.
   *
   * @throws IllegalArgumentException if it is none
   */
  public EventFilter filter() {
    Map<String, List<String>> parts = new HashMap<>();
    for (String part : text.split("&")) {
      int equals = part.indexOf('=');
      if (equals < 0 || !KNOWN.contains(part.substring(0, equals))) {
        throw new IllegalArgumentException("not a part of a filter: " + part);
      }
      parts.put(part.substring(0, equals), List.of(part.substring(equals + 1).split(",")));
    }
    return new EventFilter(
        parts.containsKey(ALL),
        values(parts, STREAMS, value -> StreamId.parse(STREAMS, value)),
        values(parts, USERS, value -> Address.parse(USERS, value)),
        values(parts, TYPES, EventType::named));
  }

  private static <T> Set<T> values(
      Map<String, List<String>> parts, String name, Function<String, T> read) {
    return parts.getOrDefault(name, List.of()).stream().map(read).collect(Collectors.toSet());
  }

  /** Short, and made from the content. It is no secret, because it gives no access. */
  public String id() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.US_ASCII));
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(Arrays.copyOf(digest, ID_BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
