package io.flowfi.web.edge;

/** Names of this machine that no name server has a say in. */
final class Loopback {
  private static final int OCTETS = 4;

  private Loopback() {}

  /**
   * Whether a host (without port) is {@code localhost}, in {@code 127.0.0.0/8} or {@code ::1}, as a
   * literal: {@code 127.0.0.1.example.com} is not.
   */
  static boolean isHost(String host) {
    return host != null
        && (host.equalsIgnoreCase("localhost")
            || host.equals("[::1]")
            || host.equals("::1")
            || host.equals("0:0:0:0:0:0:0:1")
            || is127(host));
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

  private static boolean is127(String host) {
    if (!host.startsWith("127.")) {
      return false;
    }
    int octets = 1;
    int value = -1;
    for (int i = "127.".length(); i <= host.length(); i++) {
      char c = i == host.length() ? '.' : host.charAt(i);
      if (c == '.' && value >= 0) {
        octets++;
        value = -1;
      } else if (c >= '0' && c <= '9') {
        value = Math.max(value, 0) * 10 + (c - '0');
        if (value > 255) {
          return false;
        }
      } else {
        return false;
      }
    }
    return octets == OCTETS;
  }
}
