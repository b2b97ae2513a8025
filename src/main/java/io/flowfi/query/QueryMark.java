package io.flowfi.query;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A few characters that stand for a query, so that a cursor is only used with its own query. They
 * guard against mistakes; what a caller may see does not depend on them.
 */
public final class QueryMark {
  /** What a mark looks like, as a regular expression. */
  public static final String FORM = "[0-9a-z]{1,7}";

  private QueryMark() {}

  /**
   * @param conditions everything that decides which rows the query finds
   */
  public static String of(Object... conditions) {
    CRC32 crc = new CRC32();
    crc.update(List.of(conditions).toString().getBytes(StandardCharsets.UTF_8));
    return Long.toString(crc.getValue(), Character.MAX_RADIX);
  }
}
