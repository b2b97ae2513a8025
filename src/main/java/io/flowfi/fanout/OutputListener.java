package io.flowfi.fanout;

/** What an output reports to its subscriber. Any thread may call; calls return at once. */
public interface OutputListener {
  /** A write that was cut short can go on. A spurious call is harmless. */
  void writable();

  /**
   * The peer is gone. The output's resources are released through {@link EventOutput#close()} soon
   * after.
   */
  void disconnected();
}
