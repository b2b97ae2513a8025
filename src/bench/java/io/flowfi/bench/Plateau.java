package io.flowfi.bench;

import java.util.function.DoubleSupplier;

/** Waits until a figure has stopped rising. */
final class Plateau {
  private Plateau() {}

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
