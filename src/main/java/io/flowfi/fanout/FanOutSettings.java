package io.flowfi.fanout;

import java.time.Duration;

/**
 * How the fan-out behaves.
 *
 * @param pumps threads that write to subscribers
 * @param backlogReaders threads that read older events from the log
 * @param ringFrames most frames kept in memory; a power of two
 * @param ringBytes most bytes of frames kept in memory
 * @param heartbeatInterval how long a connection that does not ask for another time may be idle
 *     before it gets a heartbeat
 * @param stallTimeout how long a connection may take no byte before it is closed
 * @param retryMillis the middle of the jittered {@code retry:} told to clients
 */
public record FanOutSettings(
    int pumps,
    int backlogReaders,
    int ringFrames,
    long ringBytes,
    Duration heartbeatInterval,
    Duration stallTimeout,
    int retryMillis) {

  /** Nobody may ask for more frequent heartbeats: each costs a system call. */
  public static final Duration SHORTEST_HEARTBEAT = Duration.ofSeconds(2);

  /** Clients and proxies that end idle connections wait little longer. */
  public static final Duration LONGEST_HEARTBEAT = Duration.ofSeconds(60);

  public FanOutSettings {
    if (pumps < 1 || backlogReaders < 1 || retryMillis < 1) {
      throw new IllegalArgumentException("pumps, backlogReaders and retryMillis must be positive");
    }
    if (Integer.bitCount(ringFrames) != 1 || ringBytes < 1) {
      throw new IllegalArgumentException("ringFrames must be a power of two, ringBytes positive");
    }
    if (heartbeatInterval.isNegative() || heartbeatInterval.isZero()) {
      throw new IllegalArgumentException("heartbeatInterval must be positive");
    }
    if (stallTimeout.isNegative() || stallTimeout.isZero()) {
      throw new IllegalArgumentException("stallTimeout must be positive");
    }
  }

  /** Settings for a machine: pumps and readers by its cores, everything else as documented. */
  public static FanOutSettings defaults() {
    return new FanOutSettings(
        pumpsFor(Runtime.getRuntime().availableProcessors()),
        2,
        1 << 16,
        32L << 20,
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        5000);
  }

  /** The same with one thread of each kind and little memory, for few subscribers. */
  public FanOutSettings small() {
    return new FanOutSettings(
        1, 1, 1 << 14, 4L << 20, heartbeatInterval, stallTimeout, retryMillis);
  }

  /**
   * Half the cores, the rest is for requests and the log; but two if there are at least two cores:
   * an event then leaves on both at once, and a pump that brings many clients up to date does not
   * delay the other's subscribers.
   */
  private static int pumpsFor(int cores) {
    return Math.min(cores, Math.max(2, Math.min(8, cores / 2)));
  }
}
