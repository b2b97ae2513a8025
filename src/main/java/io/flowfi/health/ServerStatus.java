package io.flowfi.health;

import java.util.Map;

/** How the node is, as the composition root knows it. */
public interface ServerStatus {
  /** Whether the node is about to stop and takes nothing new. */
  boolean isDraining();

  /** Whether something has broken for good, which only a restart repairs. */
  boolean isBroken();

  /** What keeps the node from serving, by part; empty if it is ready. Safe for clients. */
  Map<String, String> troubles();

  /**
   * {@code open}: loopback clients only, nobody is asked who they are; {@code secured}: everybody
   * is.
   */
  String mode();

  String version();
}
