package io.flowfi.sse;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * What a container does by itself about a client that takes nothing, where it can be told not to:
 * how long an event stream may stand still, and what it hears when that is over, is for the fan-out
 * to say.
 */
public interface WriteTimeouts {
  /** For containers that leave it to the application. */
  WriteTimeouts NONE = (request, response) -> () -> {};

  /**
   * Lifts the container's time-out for this response. Called on the request thread before anything
   * is committed.
   *
   * @return to be run before the response is completed: what the client has not taken by then it
   *     will not be waited for. Idempotent, never blocks, never throws
   */
  Runnable lift(HttpServletRequest request, HttpServletResponse response);
}
