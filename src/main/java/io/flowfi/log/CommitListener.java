package io.flowfi.log;

import java.util.List;

/**
 * Where committed events are announced by those who are trusted: the ledger of this process, which
 * has just written them, and the relay, which has checked that another node's ledger has. They are
 * not read again. Any other announcement rings the {@link Doorbell}; so does the ledger when it has
 * no events at hand.
 */
public interface CommitListener extends Doorbell {
  /**
   * A batch that is durable, positions ascending without gaps. A missed or repeated call does no
   * harm. Must not block: the caller may be this node's writer.
   */
  void committed(List<LoggedEvent> batch);
}
