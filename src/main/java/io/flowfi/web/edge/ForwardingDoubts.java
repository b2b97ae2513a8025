package io.flowfi.web.edge;

import inet.ipaddr.IPAddress;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of a trusted proxy that does not write {@code X-Forwarded-For}. What comes in the header is
 * then the word of a client, who can take any address. It is proven by
 *
 * <ul>
 *   <li>a request without the header;
 *   <li>one whose header does not end with an address: a proxy writes that of its peer there;
 *   <li>one whose header ends with an address that no connection comes from.
 * </ul>
 *
 * <p>A possible address that a client wrote alone proves nothing: it looks exactly like one that
 * the proxy wrote. But browsers and programs do not write the header, so the first ordinary request
 * through the proxy proves it, and {@code docs/deploy/check.sh} tries it with a made-up address.
 *
 * <p>Any thread may call.
 */
final class ForwardingDoubts {
  /** More are not remembered, and not warned of: the log must not grow with them. */
  private static final int MOST_PEERS = 100;

  private static final Logger LOG = LoggerFactory.getLogger(ForwardingDoubts.class);

  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  /**
   * Looks at a request without the header. Health checks are a proxy's own requests: leave them
   * out.
   */
  void missing(String peer) {
    if (isNew(peer)) {
      LOG.warn(
          "A request came from {}, which TRUSTED_PROXIES names, without X-Forwarded-For. If that is a proxy, "
              + "it does not set the header, and clients can write any address there: have it set "
              + "X-Forwarded-For to the client's address (docs/deploy). If it is a program of that machine, all is well",
          peer);
    }
  }

  /**
   * Looks at the last entry of the header.
   *
   * @param last empty if it is no address
   */
  void ending(String peer, Optional<IPAddress> last) {
    if (last.filter(ForwardingDoubts::connects).isEmpty() && isNew(peer)) {
      LOG.warn(
          "A request came from {}, which TRUSTED_PROXIES names, and its X-Forwarded-For does not end with the address "
              + "of a client. Either the proxy hides addresses, and then all its clients share the limits of one, "
              + "or it passes on what a client has written, and then clients can write any address there: have it set "
              + "X-Forwarded-For to the client's address (docs/deploy)",
          peer);
    }
  }

  /** Whether connections can come from it: not from 0.0.0.0, ::, multicast and broadcast. */
  private static boolean connects(IPAddress address) {
    return !address.isZero() && !address.isMulticast() && !(address.isIPv4() && address.isMax());
  }

  private boolean isNew(String peer) {
    return warned.size() < MOST_PEERS && warned.add(peer);
  }
}
