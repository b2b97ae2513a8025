package io.flowfi.indexer;

import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.StreamId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** A node that answers what a test sets, and a decoder that knows the events of the answers. */
final class ScriptedSource implements ChainSource, EventDecoder {
  /** Of each page that was asked for. */
  final List<Integer> limits = new ArrayList<>();

  final SourceHealth health = new SourceHealth(true, "28", 150, 1, OptionalLong.empty());
  int healthAsked;
  ChainSourceException failure;

  /** Thrown by whoever asks what the contract stores; null for none. */
  ChainSourceException noEntries;

  int entriesAsked;
  volatile boolean closed;

  /** Thrown by whoever closes it; null for none. */
  RuntimeException unclosable;

  DecodedPage answer;
  private final String name;

  /** Of the events that were told, by id. */
  final Map<String, ChainFact> facts;

  /**
   * @param facts the same for all sources of a test, whichever of them decodes
   */
  ScriptedSource(String name, Map<String, ChainFact> facts) {
    this.name = name;
    this.facts = facts;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public EventPage events(PageStart start, int limit) {
    limits.add(limit);
    if (failure != null) {
      throw failure;
    }
    List<RpcEvent> raw = new ArrayList<>();
    for (ReadEvent event : answer.events()) {
      facts.put(event.id(), event.fact().orElseThrow());
      raw.add(
          new RpcEvent(
              event.id(),
              RpcEvent.Kind.CONTRACT,
              event.position(),
              0,
              "",
              "",
              List.of(),
              new byte[0]));
    }
    EventPage page = answer.page();
    return new EventPage(
        raw,
        page.limit(),
        page.cursor(),
        page.latestLedger(),
        page.oldestLedger(),
        page.latestCloseTime());
  }

  @Override
  public ChainFact decode(RpcEvent event) {
    return facts.get(event.id());
  }

  @Override
  public SourceHealth health() {
    healthAsked++;
    return health;
  }

  @Override
  public EntryPage entries(List<String> keys) {
    entriesAsked++;
    if (noEntries != null) {
      throw noEntries;
    }
    return new EntryPage(List.of(), 150);
  }

  @Override
  public String keyOf(StreamId stream) {
    return stream.toString();
  }

  @Override
  public StreamEntry entry(StreamId stream, EntryState entry) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    if (unclosable != null) {
      throw unclosable;
    }
    closed = true;
  }
}
