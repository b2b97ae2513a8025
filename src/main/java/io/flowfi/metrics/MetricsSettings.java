package io.flowfi.metrics;

import java.net.InetAddress;

/**
 * The port of their own that the figures have.
 *
 * @param address the address of this machine to listen on
 * @param port 1 to 65535
 */
public record MetricsSettings(InetAddress address, int port) {
  public MetricsSettings {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535");
    }
  }
}
