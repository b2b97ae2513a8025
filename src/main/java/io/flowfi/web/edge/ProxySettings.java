package io.flowfi.web.edge;

import inet.ipaddr.IPAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The proxies that we trust about the client's address.
 *
 * @param trusted ranges of their addresses
 */
public record ProxySettings(List<IPAddress> trusted) {
  public static final ProxySettings NONE = new ProxySettings(List.of());

  public ProxySettings {
    trusted = List.copyOf(trusted);
  }

  /**
   * Reads {@code 10.0.0.0/8, 2001:db8::/32, 192.0.2.1}.
   *
   * @throws IllegalArgumentException if it has another form, or trusts every address
   */
  public static ProxySettings parse(String text) {
    List<IPAddress> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      IPAddress range =
          Literals.range(part.strip())
              // trusting every address would let every client choose its own
              .filter(block -> !block.isPrefixed() || block.getNetworkPrefixLength() > 0)
              .orElseThrow(() -> new IllegalArgumentException("not a range of addresses"));
      ranges.add(range);
    }
    return new ProxySettings(ranges);
  }

  boolean trusts(IPAddress address) {
    for (IPAddress range : trusted) {
      if (range.contains(address)) {
        return true;
      }
    }
    return false;
  }
}
