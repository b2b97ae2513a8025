package io.flowfi.indexer;

import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.StreamId;

/** Turns bytes of the chain into facts. Stateless; never throws anything but what it names. */
public interface EventDecoder {
  /**
   * The fact of an event. Every well-formed event has one, known or not.
   *
   * @throws UndecodableEventException if it is not well-formed
   */
  ChainFact decode(RpcEvent event);

  /** The key under which the contract stores a stream: base64 XDR of a {@code LedgerKey}. */
  String keyOf(StreamId stream);

  /**
   * What the contract stores of a stream.
   *
   * @throws UndecodableEventException if it is not well-formed
   */
  StreamEntry entry(StreamId stream, EntryState entry);
}
