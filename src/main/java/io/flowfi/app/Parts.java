package io.flowfi.app;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The opened parts of a node, closed in reverse order at its end or when its start fails. A part
 * that fails to close does not keep the others open. Not for several threads at once.
 */
final class Parts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Parts.class);

  private record Part(String name, AutoCloseable closing) {}

  private final Deque<Part> open = new ArrayDeque<>();

  /** Adds the closing of a part that was just opened. */
  void add(String name, AutoCloseable closing) {
    open.push(new Part(name, closing));
  }

  int size() {
    return open.size();
  }

  /** Closes the latest parts until this many are left. */
  void closeDownTo(int left) {
    while (open.size() > left) {
      Part part = open.pop();
      try {
        part.closing.close();
      } catch (Throwable e) {
        LOG.error(
            "the {} could not be closed; the other parts are closed all the same", part.name, e);
      }
    }
  }

  /** Closes all of them. */
  @Override
  public void close() {
    closeDownTo(0);
  }
}
