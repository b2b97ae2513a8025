package io.flowfi.query;

import io.flowfi.log.LogIdentity;
import io.flowfi.payment.Address;
import io.flowfi.payment.InvalidValueException;
import io.flowfi.payment.StreamStatus;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which streams to list, and from where.
 *
 * @param party streams whose sender or recipient this is; the other conditions narrow that further
 * @param cursor where the page before ended
 * @param limit 1 to {@link #MAX_LIMIT}
 * @param offset streams to skip first, at most {@link #MAX_OFFSET}: for more, use the cursor
 */
public record StreamQuery(
    Optional<Address> party,
    Optional<Address> sender,
    Optional<Address> recipient,
    Optional<StreamStatus> status,
    Optional<Address> token,
    Sort sort,
    boolean ascending,
    Optional<Cursor> cursor,
    int limit,
    int offset) {
  public static final int MAX_LIMIT = 100;
  public static final int MAX_OFFSET = 10_000;

  public StreamQuery {
    if (limit < 1 || limit > MAX_LIMIT || offset < 0 || offset > MAX_OFFSET) {
      throw new IllegalArgumentException("limit or offset is out of range");
    }
    if (cursor.isPresent() && cursor.get().sort() != sort) {
      throw new InvalidValueException("cursor", "cursor belongs to another sort order");
    }
    if (cursor.isPresent() && cursor.get().ascending() != ascending) {
      throw new InvalidValueException(
          "cursor", "cursor belongs to the other order: leave out order");
    }
    if (cursor.isPresent()
        && !cursor.get().mark().equals(mark(party, sender, recipient, status, token))) {
      throw new InvalidValueException(
          "cursor",
          "cursor belongs to another query: send the same sender, recipient, status and token with"
              + " it");
    }
  }

  private static String mark(
      Optional<Address> party,
      Optional<Address> sender,
      Optional<Address> recipient,
      Optional<StreamStatus> status,
      Optional<Address> token) {
    return QueryMark.of(party, sender, recipient, status, token);
  }

  /**
   * The place right after a stream.
   *
   * @param key of the stream in this order: the position of its first or of its latest event
   */
  public Cursor cursorAt(long key) {
    String mark = mark(party, sender, recipient, status, token);
    return new Cursor(sort, ascending, key, mark, Optional.empty());
  }

  /** Orders without ties. */
  public enum Sort {
    /** By creation. */
    CREATED,
    /** By latest change. */
    UPDATED
  }

  /**
   * The end of a page; opaque to clients. It is only valid with its own query.
   *
   * @param mark of the query's conditions
   * @param log whose positions its keys are; empty in a cursor of an older version
   */
  public record Cursor(
      Sort sort, boolean ascending, long key, String mark, Optional<LogIdentity> log) {
    private static final Pattern TEXT =
        Pattern.compile(
            "([cu])([ad])([0-9]{1,18})-(" + QueryMark.FORM + ")(?:\\.(" + LogIdentity.FORM + "))?");

    /**
     * @throws InvalidValueException if it did not come from {@link #toString()}
     */
    public static Cursor parse(String field, String text) {
      Matcher matcher = TEXT.matcher(text == null ? "" : text);
      if (!matcher.matches()) {
        throw new InvalidValueException(
            field, field + " must be the nextCursor of an earlier page");
      }
      return new Cursor(
          "c".equals(matcher.group(1)) ? Sort.CREATED : Sort.UPDATED,
          "a".equals(matcher.group(2)),
          Long.parseLong(matcher.group(3)),
          matcher.group(4),
          Optional.ofNullable(matcher.group(5)).map(LogIdentity::new));
    }

    /** The same place, of this log. */
    public Cursor in(LogIdentity here) {
      return new Cursor(sort, ascending, key, mark, Optional.of(here));
    }

    @Override
    public String toString() {
      return (sort == Sort.CREATED ? "c" : "u")
          + (ascending ? "a" : "d")
          + key
          + "-"
          + mark
          + log.map(here -> "." + here).orElse("");
    }
  }
}
