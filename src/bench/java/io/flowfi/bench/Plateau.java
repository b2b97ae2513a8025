package io.flowfi.bench;

/**
 * Tells when a figure that is read again and again has stopped rising: so many readings in a row
 * were not above the best one before by as much as counts.
 */
final class Plateau {
  private final int readings;
  private final double rise;
  private double best;
  private int without;

  /**
   * @param rise what counts as a rise: a reading above the best one before times this
   */
  Plateau(int readings, double rise) {
    this.readings = readings;
    this.rise = rise;
  }

  /** Takes a reading. @return whether the figure has stopped rising */
  boolean reachedWith(double reading) {
    without = reading > rise * best ? 0 : without + 1;
    best = Math.max(best, reading);
    return without >= readings;
  }
}
