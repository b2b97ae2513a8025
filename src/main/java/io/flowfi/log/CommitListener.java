package io.flowfi.log;

import java.util.List;

/**
 * Where the ledger of this process announces events that it has just written. They are trusted and
 * not read again. Any other announcement rings the {@link Doorbell}; so does the ledger when it has
 * no events at hand.
 */
public interface CommitListener extends Doorbell {
  /**
   * A batch that is durable, positions ascending without gaps. A missed or repeated call does no
   * harm. Must not block: the caller is the log's only writer.
   */
  void committed(List<LoggedEvent> batch);
}
