package io.flowfi.indexer;

import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.ChainPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A page whose events have been decoded, as far as they can be. */
record DecodedPage(EventPage page, List<ReadEvent> events) {
  DecodedPage {
    events = List.copyOf(events);
  }

  /** Whatever happens in the decoder is about its event: nothing of it ends the thread. */
  static DecodedPage of(EventPage page, EventDecoder decoder) {
    List<ReadEvent> events = new ArrayList<>(page.events().size());
    for (RpcEvent event : page.events()) {
      events.add(decoded(event, decoder));
    }
    return new DecodedPage(page, events);
  }

  private static ReadEvent decoded(RpcEvent event, EventDecoder decoder) {
    try {
      ChainFact fact = decoder.decode(event);
      return ReadEvent.of(event, fact);
    } catch (UndecodableEventException e) {
      return ReadEvent.undecodable(event, e);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return ReadEvent.undecodable(
          event, new UndecodableEventException("the decoder failed: " + e, Optional.empty(), e));
    }
  }

  /** Its event at a place of the chain. */
  Optional<ReadEvent> at(ChainPosition place) {
    return events.stream().filter(event -> event.position().equals(place)).findFirst();
  }

  /** Whether it has to show an event at a place of the chain, if it begins before that. */
  boolean covers(ChainPosition place) {
    return page.isFull()
        ? events.stream().anyMatch(event -> event.position().isAfter(place))
        : page.latestLedger() >= place.ledger();
  }
}
