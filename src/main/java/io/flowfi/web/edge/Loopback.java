package io.flowfi.web.edge;

import inet.ipaddr.IPAddress;
import java.util.Set;

/** Names of this machine that need no name server. */
final class Loopback {
  /** Parsing one costs as much as the rest of a filter. */
  private static final Set<String> USUAL = Set.of("localhost", "127.0.0.1", "[::1]", "::1");

  private Loopback() {}

  /**
   * Whether a host (without port) is {@code localhost}, in {@code 127.0.0.0/8} or {@code ::1}, as a
   * literal: {@code 127.0.0.1.example.com} is not.
   */
  static boolean isHost(String host) {
    return host != null
        && (USUAL.contains(host)
            || host.equalsIgnoreCase("localhost")
            || Literals.host(host).filter(IPAddress::isLoopback).isPresent());
  }

  /** Whether an origin is a page of this machine, whatever its port. */
  static boolean isOrigin(String origin) {
    int authority = origin.indexOf("://");
    if (authority < 0) {
      return false;
    }
    String host = origin.substring(authority + 3);
    int port = host.indexOf(':', host.indexOf(']') + 1);
    return isHost(port < 0 ? host : host.substring(0, port));
  }
}
