package io.flowfi.output;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * What a container does by itself about a client that takes nothing, where it can be told not to:
 * how long an event stream may stand still, and what it hears when that is over, is for the fan-out
 * to say.
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
    /** None from now on; when nothing that blocks is to be written any more. */
    void lift();

    /**
     * None but for form's sake, before the response is completed: what the client has not taken by
     * then it will not be waited for.
     */
    void cut();

    /**
     * How many bytes, at least one, are best written at once, so that the container need not keep
     * any for want of room at the client. Called by the pump.
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
