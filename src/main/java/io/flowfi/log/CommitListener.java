package io.flowfi.log;

import java.util.List;

/**
 * The door for the ledger of this process, which has just written the events itself: they are taken
 * as they are, so that nobody need read them again. Word of any other origin rings the {@link
 * Doorbell}, and so does the ledger where it has no events at hand.
 */
public interface CommitListener extends Doorbell {
  /**
   * A batch that is durable, positions ascending without gaps. A missed or repeated call does no
   * harm. Must not block: the caller is the log's only writer.
   */
  void committed(List<LoggedEvent> batch);
}
