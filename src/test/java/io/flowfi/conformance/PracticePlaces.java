package io.flowfi.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The event streams that each client of the practice server has open. Any thread may call. */
final class PracticePlaces {
  private static final int MOST = 20;
  private static final int KEPT = 15;

  private final Fault fault;
  private final Map<String, List<PracticeSubscription>> taken = new HashMap<>();
  private boolean wasFull;
  private int left;

  PracticePlaces(Fault fault) {
    this.fault = fault;
  }

  /** Whether the client may have one more. */
  synchronized boolean take(String client, PracticeSubscription subscription) {
    List<PracticeSubscription> own = taken.computeIfAbsent(client, name -> new ArrayList<>());
    boolean isFull = own.size() >= MOST && fault != Fault.ANY_NUMBER_OF_STREAMS;
    wasFull |= isFull;
    if (isFull) {
      switch (fault) {
        case OLDEST_STREAM_GIVES_WAY -> own.remove(0).end();
        case SURPLUS_ENDS_THE_OLDEST_STREAM -> own.get(0).end();
        case SURPLUS_SILENCES_THE_OLDEST_STREAM -> own.get(0).silence();
        default -> {}
      }
    }
    if (isFull && fault != Fault.OLDEST_STREAM_GIVES_WAY) {
      return false;
    }
    own.add(subscription);
    return true;
  }

  /** The client has gone. */
  synchronized void leave(String client, PracticeSubscription subscription) {
    boolean keepsPlace =
        switch (fault) {
          case SURPLUS_ENDS_THE_OLDEST_STREAM -> subscription.isEnded();
          // a few are free for the checks that follow
          case PLACES_KEPT_FOR_THOSE_WHO_LEFT -> wasFull && ++left <= KEPT;
          default -> false;
        };
    if (!keepsPlace) {
      taken.get(client).remove(subscription);
    }
  }
}
