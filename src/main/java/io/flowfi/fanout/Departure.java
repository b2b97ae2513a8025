package io.flowfi.fanout;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells the clients of a node that stops to reconnect, over some time: if all came to the other
 * nodes at once, those would be busy with nothing else. The oldest connections go first, in small
 * groups at uneven distances. Until its turn a client is served as ever.
 */
final class Departure {
  private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Lets time pass. */
  interface Pause {
    void nanos(long time) throws InterruptedException;
  }

  private final List<Share> shares;
  private final LongSupplier clock;
  private final Pause pause;

  Departure(List<Pump> pumps, LongSupplier clock, Pause pause) {
    this.shares = pumps.stream().map(Share::new).toList();
    this.clock = clock;
    this.pause = pause;
  }

  /** Returns when every client has been told. */
  void over(Duration window) throws InterruptedException {
    long begin = clock.getAsLong();
    long whole = window.toNanos();
    for (long gone = 0; gone < whole; gone = clock.getAsLong() - begin) {
      double fraction = (double) gone / whole;
      shares.forEach(share -> share.tell(fraction));
      long step = STEP_NANOS / 2 + ThreadLocalRandom.current().nextLong(STEP_NANOS);
      pause.nanos(Math.min(step, whole - gone));
    }
    shares.forEach(share -> share.tell(1));
  }

  /** The connections of one pump; used by its thread, except {@link #tell}. */
  private static final class Share {
    private final Pump pump;
    private long last = ConnectionSet.BEGINNING;
    private int atFirst = -1;
    private int told;

    Share(Pump pump) {
      this.pump = pump;
    }

    /** Any thread. */
    void tell(double fraction) {
      pump.ask(() -> tellNext(fraction));
    }

    private void tellNext(double fraction) {
      if (atFirst < 0) {
        atFirst = pump.connections().copy().size();
      }
      // at the end also those that came meanwhile
      int most = fraction < 1 ? (int) (fraction * atFirst) - told : Integer.MAX_VALUE;
      if (most <= 0) {
        return;
      }
      for (Connection connection : pump.connections().after(last, most)) {
        last = connection.number;
        told++;
        Pump.guarded(connection, connection::drain);
      }
    }
  }
}
