package io.flowfi.log;

import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A filter in writing, the same in whatever order its values came: four lines, for everything,
 * streams, users and types.
 */
public record FilterText(String text) {
  private static final int LINES = 4;
  private static final int ID_BYTES = 16;

  public static FilterText of(EventFilter filter) {
    return new FilterText(
        filter.all()
            + "\n"
            + written(filter.streams(), StreamId::toString)
            + "\n"
            + written(filter.users(), Address::strKey)
            + "\n"
            + written(filter.types(), EventType::wireName));
  }

  private static <T> String written(Set<T> values, Function<T, String> write) {
    return values.stream().map(write).sorted().collect(Collectors.joining(","));
  }

  /**
   * The filter that was written.
   *
   * @throws IllegalArgumentException if it is none
   */
  public EventFilter filter() {
    String[] lines = text.split("\n", -1);
    if (lines.length != LINES) {
      throw new IllegalArgumentException("a filter has " + LINES + " lines");
    }
    return new EventFilter(
        Boolean.parseBoolean(lines[0]),
        read(lines[1], id -> StreamId.parse("streams", id)),
        read(lines[2], Address::new),
        read(lines[3], EventType::named));
  }

  private static <T> Set<T> read(String line, Function<String, T> read) {
    return line.isEmpty()
        ? Set.of()
        : Arrays.stream(line.split(",")).map(read).collect(Collectors.toSet());
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
