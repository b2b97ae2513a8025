package io.flowfi.web.edge;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Where a request comes from.
 *
 * @param address a literal, for the record
 * @param network what limits count by: the address itself, of IPv6 its /64, because whoever has one
 *     address of it has all of them
 */
public record ClientAddress(String address, String network) {
  private static final String ATTRIBUTE = ClientAddress.class.getName();

  /** The client of a request; the connection's peer if nobody has found out better. */
  public static ClientAddress of(HttpServletRequest request) {
    if (request.getAttribute(ATTRIBUTE) instanceof ClientAddress known) {
      return known;
    }
    return new ClientAddress(request.getRemoteAddr(), request.getRemoteAddr());
  }

  /** Keeps it with the request. */
  public void attachTo(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }
}
