package io.flowfi.store;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.flowfi.payment.Address;
import io.flowfi.query.AddressSummary;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Adds up what addresses pay and receive. It keeps the totals of recently requested addresses, so a
 * busy address costs only what has changed since the last time. An address whose streams are too
 * many for that would be read in full at each call, so its last answer is given again for a while,
 * with the time that it is of. Any thread may call; calls for the same address take turns, and hold
 * no connection while they wait.
 */
final class AddressSummaries {
  /** The memory of a stream that has not ended, in bytes. */
  private static final long STREAM_BYTES = 600;

  /** The share of the heap that may be taken by all totals together. */
  private static final long SHARE_OF_HEAP = 16;

  /** With fewer streams an address can be read again at any time. */
  private static final long MANY_STREAMS = 5_000;

  /** What reading an address again and again may take of a thread and a connection: a tenth. */
  private static final long REST = 9;

  private static final long LONGEST_REST_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** A total takes some hundred bytes; most addresses have a few of them. */
  private static final long MOST_TOTALS_REMEMBERED = 20_000;

  /**
   * An answer for which much was read.
   *
   * @param until by the clock that nobody sets
   */
  private record Remembered(AddressSummary summary, long until) {
    private int size() {
      return 1 + summary.asSender().size() + summary.asRecipient().size();
    }
  }

  private final Reads reads;
  private final long manyStreams;
  private final LongSupplier nanos;
  private final Cache<Address, AddressTotals> kept;
  private final Cache<Address, Remembered> remembered =
      Caffeine.newBuilder()
          .maximumWeight(MOST_TOTALS_REMEMBERED)
          .weigher((Address address, Remembered answer) -> answer.size())
          .executor(Runnable::run)
          .build();

  AddressSummaries(Reads reads) {
    this(
        reads,
        Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP / STREAM_BYTES,
        MANY_STREAMS,
        System::nanoTime);
  }

  /**
   * @param mostStreams the limit for streams that have not ended, over all kept totals
   * @param manyStreams the answer of an address with so many is given again for a while, if it
   *     could only be had by reading all of them
   * @param nanos a clock that nobody sets
   */
  AddressSummaries(Reads reads, long mostStreams, long manyStreams, LongSupplier nanos) {
    this.reads = reads;
    this.manyStreams = manyStreams;
    this.nanos = nanos;
    kept =
        Caffeine.newBuilder()
            .maximumWeight(mostStreams)
            .weigher((Address address, AddressTotals totals) -> 1 + totals.size())
            .executor(Runnable::run)
            .build();
  }

  /**
   * The totals of an address.
   *
   * @param at Unix seconds to compute the claimable amounts for; those of an answer that is given
   *     again are for an earlier time
   */
  AddressSummary summary(Address address, long at) {
    AddressTotals totals = kept.get(address, AddressTotals::new);
    synchronized (totals) {
      Optional<Remembered> lately = lately(address);
      if (totals.isNew() && lately.isPresent()) {
        return lately.get().summary();
      }
      long begun = nanos.getAsLong();
      OptionalLong read = reads.ofOneState(handle -> totals.catchUp(handle, lately.isEmpty()));
      if (read.isEmpty()) {
        return lately.orElseThrow().summary();
      }
      AddressSummary summary = totals.summary(at);
      if (read.getAsLong() >= manyStreams) {
        long now = nanos.getAsLong();
        remember(summary, now + Math.min(REST * (now - begun), LONGEST_REST_NANOS));
      } else {
        // so that no later answer is of an earlier time
        lately.ifPresent(before -> remember(summary, before.until()));
      }
      kept.put(address, totals); // it may weigh more than before
      return summary;
    }
  }

  private Optional<Remembered> lately(Address address) {
    return Optional.ofNullable(remembered.getIfPresent(address))
        .filter(answer -> nanos.getAsLong() - answer.until() < 0);
  }

  private void remember(AddressSummary summary, long until) {
    remembered.put(summary.address(), new Remembered(summary, until));
  }
}
