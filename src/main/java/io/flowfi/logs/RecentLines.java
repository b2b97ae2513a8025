package io.flowfi.logs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines of the log, bounded in characters. Any thread. */
final class RecentLines {
  private final int longest;
  private final Deque<String> lines = new ArrayDeque<>();
  private int length;

  /**
   * @param longest how many characters all lines may have together
   */
  RecentLines(int longest) {
    this.longest = longest;
  }

  synchronized void add(String line) {
    lines.addLast(line);
    length += line.length();
    while (length > longest) {
      length -= lines.removeFirst().length();
    }
  }

  /** Oldest first. */
  synchronized List<String> all() {
    return List.copyOf(lines);
  }
}
