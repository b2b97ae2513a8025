package io.flowfi.web.edge;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Headers by which proxies, balancers, CDNs and tunnels show that they pass on a request, or what
 * they have changed in it. No program and no browser sends one in its own requests.
 */
final class ForwardingHeaders {
  /** In lower case. */
  private static final Set<String> NAMES =
      Set.of(
          // standards: RFC 9110, 7239, 8586
          "via",
          "forwarded",
          "forwarded-for",
          "cdn-loop",
          "max-forwards",
          "proxy-connection",
          "proxy-client-ip",
          "wl-proxy-client-ip",
          // the client's address
          "true-client-ip",
          "true-client-port",
          "client-ip",
          "x-client-ip",
          "x-cluster-client-ip",
          "x-coming-from",
          "x-remote-addr",
          "x-remote-ip",
          "ali-cdn-real-ip",
          "incap-client-ip",
          // the original target
          "x-host",
          "x-http-host-override",
          "x-rewrite-url",
          "x-scheme",
          "x-url-scheme",
          "x-https",
          "front-end-https",
          "x-request-start",
          "x-queue-start",
          // the original sender or trace
          "x-cloud-trace-context",
          "x-varnish");

  /** Families, in lower case. */
  private static final List<String> FAMILIES =
      List.of(
          "x-forwarded",
          "x-original-",
          "x-real-",
          "x-proxy",
          "x-envoy-",
          "x-azure-",
          "x-arr-",
          "x-amz-cf-",
          "x-amzn-",
          "x-appengine-",
          "x-vercel-",
          "x-nf-",
          "x-akamai-",
          "x-sucuri-",
          "x-ssl-",
          "x-client-cert",
          "akamai-",
          "cf-",
          "cloudfront-",
          "fastly-",
          "fly-",
          "ngrok-",
          "tailscale-",
          "ssl-client-");

  private ForwardingHeaders() {}

  /** Whether a request has one of them. */
  static boolean areIn(HttpServletRequest request) {
    for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
      if (isOne(names.nextElement().toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOne(String name) {
    if (NAMES.contains(name)) {
      return true;
    }
    for (String family : FAMILIES) {
      if (name.startsWith(family)) {
        return true;
      }
    }
    return false;
  }
}
