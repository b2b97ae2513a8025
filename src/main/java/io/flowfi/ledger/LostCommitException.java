package io.flowfi.ledger;

import io.flowfi.log.LoggedEvent;
import java.util.List;

/**
 * The connection to the store ended during a commit, before its answer came. Only the store knows
 * whether the transaction was kept: {@link LedgerSession#holds} asks it.
 */
public final class LostCommitException extends StoreException {
  private static final long serialVersionUID = 1L;

  private final String transaction;
  private final transient List<LoggedEvent> events;

  /**
   * @param transaction the store's name for it
   * @param events that it would have added to the log
   */
  public LostCommitException(String transaction, List<LoggedEvent> events, Throwable cause) {
    super(Kind.OUTAGE, "the answer to a commit was lost", cause);
    this.transaction = transaction;
    this.events = List.copyOf(events);
  }

  public String transaction() {
    return transaction;
  }

  public List<LoggedEvent> events() {
    return events;
  }
}
