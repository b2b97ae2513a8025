package io.flowfi.web.edge;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Where a request comes from.
 *
 * @param address a literal, for the record
 * @param network the key for limits: the address itself, or its /64 for IPv6, because a client with
 *     one address of it has all of them
 */
public record ClientAddress(String address, String network) {
  private static final String ATTRIBUTE = ClientAddress.class.getName();

  /** The client of a request; the connection's peer if nothing better is known. */
  public static ClientAddress of(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof ClientAddress known) {
      return known;
    }
    return new ClientAddress(request.getRemoteAddr(), request.getRemoteAddr());
  }

  /** Stores it in the request. */
  public void attachTo(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }
}
