package io.flowfi.indexer;

import java.time.Instant;

/** What the follower wants next. */
sealed interface Ask {
  /** What a node says of itself. */
  record Health(int source) implements Ask {}

  /** Whether a node has the last event that the log knows. */
  record Check(int source, PageStart start, int limit) implements Ask {}

  record Page(int source, PageStart start, int limit) implements Ask {}

  /** Nothing until then. */
  record Pause(Instant until) implements Ask {}

  /** Nothing until an administrator acts. */
  record Halt(Fault fault) implements Ask {}
}
