package io.flowfi.web.login;

import io.flowfi.auth.AuthException;
import io.flowfi.auth.Authentication;
import io.flowfi.auth.Tickets;
import io.flowfi.web.access.ForAnybody;
import io.flowfi.web.edge.CallerFilter;
import io.flowfi.web.wire.ProblemException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.time.InstantSource;

/** The session of a caller, and tickets that stand for a caller (contract section 4). */
@Path("auth")
@Produces(MediaType.APPLICATION_JSON)
public final class SessionResource {
  private final Authentication authentication;
  private final InstantSource clock;

  public SessionResource(Authentication authentication, InstantSource clock) {
    this.authentication = authentication;
    this.clock = clock;
  }

  /**
   * The caller, for pages: they cannot read the cookie, and do not know the rights of a token. An
   * anonymous caller gets a 200; invalid credentials get a 401.
   */
  @GET
  @Path("session")
  @ForAnybody
  public Session session(@Context HttpServletRequest request) {
    boolean walletLogin = authentication.login().isPresent();
    return CallerFilter.callerIfAny(request)
        .filter(caller -> caller.account().isPresent())
        .map(caller -> Session.of(caller, walletLogin, clock.instant()))
        .orElse(Session.ofNobody(walletLogin));
  }

  /** A ticket that stands for the caller in one GET. */
  @POST
  @Path("ticket")
  public Ticket ticket(@Context HttpServletRequest request) {
    if (authentication.isOpen()) {
      throw ProblemException.of(404, "this server is in open mode and needs no tickets");
    }
    try {
      return new Ticket(
          authentication.tickets().issue(CallerFilter.callerOf(request)),
          Tickets.LIFETIME.toSeconds());
    } catch (AuthException refusal) {
      throw CallerFilter.problem(refusal);
    }
  }

  /**
   * A ticket.
   *
   * @param expiresIn seconds
   */
  record Ticket(String ticket, long expiresIn) {}
}
