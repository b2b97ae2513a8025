package io.flowfi.indexer;

import io.flowfi.ledger.ChainFact;
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
}
