package io.flowfi.web.edge;

import inet.ipaddr.AddressStringException;
import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.ipv6.IPv6Address;
import java.util.Optional;

/**
 * Reads addresses. The library also understands wildcards, ranges, masks, hexadecimal and shortened
 * IPv4: none of these may come from a header or decide whom we trust.
 */
final class Literals {
  /** Longer than any address with zone and port. */
  private static final int MAX_LENGTH = 80;

  private static final IPAddressStringParameters ADDRESS = parameters(false);
  private static final IPAddressStringParameters RANGE = parameters(true);

  private Literals() {}

  private static IPAddressStringParameters parameters(boolean prefix) {
    return new IPAddressStringParameters.Builder()
        .allowEmpty(false)
        .allowAll(false)
        .allowSingleSegment(false)
        .allowMask(false)
        .allowPrefix(prefix)
        .allowWildcardedSeparator(false)
        .setRangeOptions(RangeParameters.NO_RANGE)
        .allow_inet_aton(false)
        .toParams();
  }

  /** An address, with or without a port; IPv4 inside IPv6 counts as IPv4. */
  static Optional<IPAddress> address(String text) {
    return text.isEmpty() || text.length() > MAX_LENGTH
        ? Optional.empty()
        : parse(withoutPort(text), ADDRESS);
  }

  /** An address as a host: IPv6 with or without brackets, no port. */
  static Optional<IPAddress> host(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    boolean bracketed = text.startsWith("[") && text.endsWith("]");
    return parse(bracketed ? text.substring(1, text.length() - 1) : text, ADDRESS)
        .filter(address -> !bracketed || text.indexOf(':') >= 0);
  }

  /** A range such as {@code 10.0.0.0/8}, or one address. */
  static Optional<IPAddress> range(String text) {
    return parse(text, RANGE).filter(range -> range.isPrefixBlock() || !range.isPrefixed());
  }

  private static Optional<IPAddress> parse(String text, IPAddressStringParameters parameters) {
    try {
      IPAddress address = new IPAddressString(text, parameters).toAddress();
      if (address.isIPv6()) {
        IPv6Address v6 = address.toIPv6().removeZone();
        return Optional.of(
            v6.isIPv4Mapped() && !v6.isPrefixed() ? v6.getEmbeddedIPv4Address() : v6);
      }
      return Optional.of(address);
    } catch (AddressStringException notOne) {
      return Optional.empty();
    }
  }

  private static String withoutPort(String text) {
    if (text.charAt(0) == '[') {
      int end = text.indexOf(']');
      return end < 0 ? text : text.substring(1, end);
    }
    int colon = text.indexOf(':');
    // one colon: a port; several: IPv6
    return colon >= 0 && colon == text.lastIndexOf(':') ? text.substring(0, colon) : text;
  }

  /** The key of an address for limits. */
  static String network(IPAddress address) {
    return address.isIPv6()
        ? address.toIPv6().toPrefixBlock(64).toCanonicalString()
        : address.toCanonicalString();
  }
}
