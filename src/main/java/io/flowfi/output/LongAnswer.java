package io.flowfi.output;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Asks the container to wait longer for a client. A short answer fits into the socket's buffer, so
 * a client that does not read earlier answers may be cut off at once. A longer answer, such as a
 * download, takes as long as the network needs.
 */
@FunctionalInterface
public interface LongAnswer {
  /** Request attribute: how to ask, in a container that cuts clients off early. */
  String ATTRIBUTE = LongAnswer.class.getName();

  /** Answers of this many bytes or more are long. */
  int BEGINS_AT = 128 * 1024;

  /** From now on the container waits for this answer's client as long as it does by default. */
  void begin();

  /** Call before anything of the answer is written. */
  static void begin(HttpServletRequest request) {
    begin(request.getAttribute(ATTRIBUTE));
  }

  /**
   * @param attribute of the request, or null
   */
  static void begin(Object attribute) {
    if (attribute instanceof LongAnswer patience) {
      patience.begin();
    }
  }
}
