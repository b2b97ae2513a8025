package io.flowfi.servers;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What stops a process for a while, and lets it go on. */
public enum Signal {
  /** Nothing of it runs any more, its connections stay. */
  STOP,
  /** It goes on; without a stop before it changes nothing. */
  CONT;

  /**
   * Sends it.
   *
   * @throws IllegalStateException if there is no such process
   */
  public void send(long pid) {
    try {
      if (new ProcessBuilder("kill", "-" + this, Long.toString(pid)).start().waitFor() != 0) {
        throw new IllegalStateException("no signal to process " + pid);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
