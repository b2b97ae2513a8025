package io.flowfi.store;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The columns of a table, named by the constants of an enum. */
final class Columns {
  private Columns() {}

  /** As written in a statement. */
  static String of(Enum<?>[] columns) {
    return Stream.of(columns)
        .map(column -> column.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }
}
