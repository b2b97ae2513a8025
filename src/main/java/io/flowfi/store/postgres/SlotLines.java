package io.flowfi.store.postgres;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Counts as text: a line for each, the field, a space, and the number. */
final class SlotLines {
  private SlotLines() {}

  /** Null if there are none: then a row stays small. */
  static String written(Map<String, Integer> counts) {
    return counts.isEmpty()
        ? null
        : counts.entrySet().stream()
            .map(count -> count.getKey() + " " + count.getValue())
            .collect(Collectors.joining("\n"));
  }

  /**
   * Leaves out lines of another form, as nodes of another version may write them.
   *
   * @param text may be null
   */
  static Map<String, Integer> read(String text) {
    Map<String, Integer> counts = new HashMap<>();
    for (String line : text == null ? new String[0] : text.split("\n")) {
      int space = line.lastIndexOf(' ');
      try {
        counts.put(
            line.substring(0, Math.max(0, space)), Integer.parseInt(line.substring(space + 1)));
      } catch (NumberFormatException unknown) {
        // as if it had not been told
      }
    }
    return counts;
  }
}
