package io.flowfi.output;

import io.flowfi.fanout.Subscriber;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Takes a connection over from the request that opened it, in the way that the container allows.
 */
public interface OutputAdapter {
  /** Whether {@link #open} can work for this request. */
  boolean accepts(HttpServletRequest request);

  /**
   * Sends the response head and starts the subscriber with an output over the connection. Called on
   * the request thread; status and headers are set, nothing is committed. Neither request nor
   * response is kept.
   *
   * @throws IOException if the client has gone
   */
  void open(HttpServletRequest request, HttpServletResponse response, Subscriber subscriber)
      throws IOException;
}
