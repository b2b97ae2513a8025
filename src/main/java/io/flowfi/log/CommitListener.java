package io.flowfi.log;

import java.util.List;

/**
 * Told of what was committed. A doorbell: a missed or repeated call must do no harm, because the
 * log can be read.
 */
public interface CommitListener {
  /**
   * A batch that is durable, positions ascending without gaps. Must not block: the caller is the
   * log's only writer.
   */
  void committed(List<LoggedEvent> batch);

  /**
   * The log reaches at least here, though the events are not at hand (after a failed commit, or on
   * another node's word).
   */
  void headAt(LogPosition head);
}
