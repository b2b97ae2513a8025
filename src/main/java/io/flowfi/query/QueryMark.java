package io.flowfi.query;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Tells queries apart in a few characters, so that a cursor knows which one it is a place in. It
 * guards against mistakes only: what a caller may see does not depend on it.
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
