package io.flowfi.output;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Turns off what a container does by itself about a client that takes nothing, where that is
 * possible. The fan-out decides how long an event stream may stand still, and what the client is
 * told then.
 */
public interface WriteTimeouts {
  /** For containers that leave it to the application. */
  WriteTimeouts NONE =
      (request, response) ->
          new Of() {
            @Override
            public void lift() {
              // there is none
            }

            @Override
            public void cut() {
              // there is none
            }
          };

  /**
   * The time-out of this response. Called on the request thread before anything is committed: it
   * may add headers.
   */
  Of of(HttpServletRequest request, HttpServletResponse response);

  /** Of one response. The methods never block and never throw. */
  interface Of {
    /** No time-out from now on; called when no blocking write will follow. */
    void lift();

    /**
     * The shortest time-out, before the response is completed: nobody waits for what the client has
     * not taken by then.
     */
    void cut();

    /**
     * How many bytes, at least one, are best written at once, so that the container need not buffer
     * any because the client has no room. Called by the pump.
     */
    default int room() {
      return Integer.MAX_VALUE;
    }

    /** See {@link io.flowfi.fanout.EventOutput#isHeldByOthers}. Called by the pump. */
    default boolean isHeldByOthers(long sinceNanos) {
      return false;
    }
  }
}
