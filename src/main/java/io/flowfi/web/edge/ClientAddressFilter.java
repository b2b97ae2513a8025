package io.flowfi.web.edge;

import inet.ipaddr.IPAddress;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;

/**
 * Finds out where a request comes from. {@code X-Forwarded-For} is read from its right end, where
 * our own proxies write, over the addresses of trusted proxies; the first other address is the
 * client's. Everything left of it may come from the client itself. Code after this filter sees the
 * client's address and scheme as the request's own. It also sees the host name that the client
 * asked for, if the proxy moves it from {@code Host} to {@code X-Forwarded-Host}, as httpd does.
 * The name is only compared with {@code Origin}. A client that invents one gains nothing: a page
 * cannot send the header without a preflight, and other programs can simply leave out the origin.
 */
public final class ClientAddressFilter extends HttpFilter {
  private static final long serialVersionUID = 1L;
  private static final String FORWARDED_FOR = "X-Forwarded-For";

  private final transient ProxySettings proxies;
  private final transient ForwardingDoubts doubts = new ForwardingDoubts();

  public ClientAddressFilter(ProxySettings proxies) {
    this.proxies = proxies;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String peer = request.getRemoteAddr();
    if (proxies.trusted().isEmpty() && peer.indexOf(':') < 0) {
      // nearly every request: nothing to parse
      new ClientAddress(peer, peer).attachTo(request);
      chain.doFilter(request, response);
      return;
    }
    Optional<IPAddress> parsed = Literals.address(peer);
    if (parsed.isEmpty() || !proxies.trusts(parsed.get())) {
      new ClientAddress(peer, parsed.map(Literals::network).orElse(peer)).attachTo(request);
      chain.doFilter(request, response);
      return;
    }
    IPAddress client = clientOf(request, parsed.get());
    new ClientAddress(client.toCanonicalString(), Literals.network(client)).attachTo(request);
    chain.doFilter(
        new Forwarded(request, client.toCanonicalString(), scheme(request), host(request)),
        response);
  }

  private IPAddress clientOf(HttpServletRequest request, IPAddress peer) {
    List<String> lines = new ArrayList<>();
    for (Enumeration<String> all = request.getHeaders(FORWARDED_FOR); all.hasMoreElements(); ) {
      lines.add(all.nextElement());
    }
    if (lines.isEmpty()) {
      if (!isHealthCheck(request)) {
        doubts.missing(request.getRemoteAddr());
      }
      return peer;
    }
    IPAddress nearest = peer;
    boolean last = true;
    for (int i = lines.size() - 1; i >= 0; i--) {
      String line = lines.get(i);
      for (int end = line.length(); end >= 0; ) {
        int comma = line.lastIndexOf(',', end - 1);
        Optional<IPAddress> hop = Literals.address(line.substring(comma + 1, end).strip());
        if (last) {
          doubts.ending(request.getRemoteAddr(), hop);
          last = false;
        }
        if (hop.isEmpty()) {
          // not an address: what trusted proxies have written ends here
          return nearest;
        }
        nearest = hop.get();
        if (!proxies.trusts(nearest)) {
          return nearest;
        }
        end = comma;
      }
    }
    return nearest;
  }

  private static boolean isHealthCheck(HttpServletRequest request) {
    return request.getRequestURI().startsWith(request.getContextPath() + "/health");
  }

  private static String scheme(HttpServletRequest request) {
    String forwarded = nearest(request, "X-Forwarded-Proto");
    if (forwarded == null) {
      return request.getScheme();
    }
    return "https".equalsIgnoreCase(forwarded) ? "https" : "http";
  }

  private static String host(HttpServletRequest request) {
    String forwarded = nearest(request, "X-Forwarded-Host");
    return forwarded == null || forwarded.isEmpty() ? request.getHeader("Host") : forwarded;
  }

  /** The nearest proxy wrote the last value. */
  private static String nearest(HttpServletRequest request, String header) {
    String forwarded = request.getHeader(header);
    return forwarded == null ? null : forwarded.substring(forwarded.lastIndexOf(',') + 1).strip();
  }

  private static final class Forwarded extends HttpServletRequestWrapper {
    private final String address;
    private final String scheme;
    private final String host;

    Forwarded(HttpServletRequest request, String address, String scheme, String host) {
      super(request);
      this.address = address;
      this.scheme = scheme;
      this.host = host;
    }

    @Override
    public String getHeader(String name) {
      return "Host".equalsIgnoreCase(name) ? host : super.getHeader(name);
    }

    @Override
    public String getRemoteAddr() {
      return address;
    }

    @Override
    public String getRemoteHost() {
      return address;
    }

    @Override
    public String getScheme() {
      return scheme;
    }

    @Override
    public boolean isSecure() {
      return "https".equals(scheme);
    }
  }
}
