package io.flowfi.health;

import java.util.Map;

/** The state of the node, as the composition root knows it. */
public interface ServerStatus {
  /** Whether the node is about to stop and takes no new requests. */
  boolean isDraining();

  /** Whether something is broken that only a restart repairs. */
  boolean isBroken();

  /** Whether the node has started completely: the latest events are in memory. Stays so. */
  boolean hasStarted();

  /** What keeps the node from serving, by part; empty if it is ready. Safe for clients. */
  Map<String, String> troubles();

  /** What the node does its work without, by part. Safe for clients. */
  Map<String, String> degraded();

  /**
   * {@code open}: loopback clients only, without authentication; {@code secured}: everybody must
   * authenticate.
   */
  String mode();

  String version();
}
