package io.flowfi.output;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Asks the container for patience with a client. An answer that fits into the socket's buffer is
 * never waited for, so who does not read what was answered before may be cut at once; a longer one,
 * such as a download, is taken as fast as the way to the client is.
 */
@FunctionalInterface
public interface LongAnswer {
  /** Request attribute: how to ask, where the container is impatient at all. */
  String ATTRIBUTE = LongAnswer.class.getName();

  /** In bytes; no longer answer has to fit. */
  int BEGINS_AT = 128 * 1024;

  /** From now on the container waits for this answer's client as long as it does by itself. */
  void begin();

  /** Before anything of the answer is written. */
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
