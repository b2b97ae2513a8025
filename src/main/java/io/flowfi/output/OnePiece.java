package io.flowfi.output;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Asks the container to send a short answer in one piece. A container's buffer for a socket may be
 * small, because every open connection has one; an answer that is larger leaves in as many system
 * calls as it has such pieces, and each of them wakes the client.
 */
@FunctionalInterface
public interface OnePiece {
  /** Request attribute: how to ask, in a container that has small buffers. */
  String ATTRIBUTE = OnePiece.class.getName();

  /**
   * Makes room for this answer, until the request ends.
   *
   * @param bytes of its body
   */
  void ofLength(int bytes);

  /**
   * Call before anything of the answer is written.
   *
   * @param bytes of its body
   */
  static void begin(HttpServletRequest request, int bytes) {
    if (request.getAttribute(ATTRIBUTE) instanceof OnePiece piece) {
      piece.ofLength(bytes);
    }
  }
}
