package io.flowfi.indexer;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What administrators see of the indexer and may ask of it. Any thread may call; nothing here
 * waits. The indexer does what it is asked for between two of its own steps, within 20 s.
 */
public interface IndexerControl {
  IndexerStatus status();

  /** The other node of the log that follows the chain; empty if this one does, or none is known. */
  Optional<ChainLease.Holder> followedBy();

  /**
   * Goes on at a ledger. If ledgers are left out by that, or after a final fault, {@code
   * protocol.history_gap} tells the subscribers, and open streams of the chain are unverified.
   *
   * @param ledger the next one to read
   * @param acceptGap whether history may be missing
   * @return completes when it is durable, or with {@link IndexerRefusedException}
   */
  CompletionStage<IndexerStatus> reset(long ledger, boolean acceptGap);

  /**
   * Reads a part of the chain again, up to where it is known. Subscribers hear only what was
   * missing. {@link IndexerStatus.Replay} shows how far it is.
   *
   * @return completes when it has begun, or with {@link IndexerRefusedException}
   */
  CompletionStage<IndexerStatus> replay(long fromLedger);

  /** Ends the running replay after the page that it works on; nothing if there is none. */
  CompletionStage<IndexerStatus> cancelReplay();

  /**
   * Puts the event aside that cannot be decoded, and goes on behind it.
   *
   * @param event the RPC's id of it, as the fault names it
   * @return completes when it is durable, or with {@link IndexerRefusedException}
   */
  CompletionStage<IndexerStatus> quarantine(String event);
}
