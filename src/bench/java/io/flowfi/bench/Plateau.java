package io.flowfi.bench;

import java.util.function.DoubleSupplier;

/** Waits until a figure has stopped rising. */
final class Plateau {
  private Plateau() {}

  /**
   * Reads the figure until so many readings in a row were no rise.
   *
   * @param readings so many
   * @param rise what counts as one: a reading above the best one before times this
   * @param most readings in all; then it has to do
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
