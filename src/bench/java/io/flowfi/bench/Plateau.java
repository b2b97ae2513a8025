package io.flowfi.bench;

import java.util.function.DoubleSupplier;

/** Waits until a figure has stopped rising. */
final class Plateau {
  private static final double SLICE_SECONDS = 2;

  /** A server is warm after this many slices in a row without a rise. */
  private static final int STEADY = 5;

  private static final double RISE = 1.05;
  private static final int MOST_SLICES = 30;

  /** How long {@link #awaitCommands} takes at least, seconds. */
  static final double LEAST_SECONDS = (STEADY + 1) * SLICE_SECONDS;

  private Plateau() {}

  /** Waits until a server that compiles code while it runs takes these commands no faster. */
  static void awaitCommands(Publisher publisher) {
    publisher.window();
    await(
        () -> {
          Pause.seconds(SLICE_SECONDS);
          return publisher.window().perSecond();
        },
        STEADY,
        RISE,
        MOST_SLICES);
  }

  /**
   * Reads the figure until several readings in a row are no rise.
   *
   * @param readings how many in a row
   * @param rise a reading above the previous best times this is a rise
   * @param most the limit for all readings
   */
  static void await(DoubleSupplier figure, int readings, double rise, int most) {
    double best = 0;
    for (int read = 0, without = 0; read < most && without < readings; read++) {
      double reading = figure.getAsDouble();
      without = reading > rise * best ? 0 : without + 1;
      best = Math.max(best, reading);
    }
  }
}
