package io.flowfi.store;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;

/** Tells a person how far an export or import is, every two seconds. One thread. */
public final class TransferProgress {
  private static final long NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int LOOK = 4096;

  private final PrintStream out;
  private String table = "";
  private long all;
  private long done;
  private long said = System.nanoTime();

  public TransferProgress(PrintStream out) {
    this.out = out;
  }

  /**
   * @param rows 0 if nobody knows
   */
  void begin(String name, long rows) {
    table = name;
    all = rows;
    done = 0;
  }

  void row() {
    done++;
    if (done % LOOK == 0 && System.nanoTime() - said >= NANOS) {
      said = System.nanoTime();
      say();
    }
  }

  void end() {
    say();
  }

  private void say() {
    out.println(
        all == 0 ? table + ": " + done + " rows" : table + ": " + done + " of " + all + " rows");
  }
}
