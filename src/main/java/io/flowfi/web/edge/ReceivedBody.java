package io.flowfi.web.edge;

import io.flowfi.web.wire.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;

/** The part of a body that has arrived, and whether it is accepted. */
final class ReceivedBody {
  /** Why a request is rejected for its body. */
  enum Verdict {
    ENCODED(415, "bodies are taken as they are, without Content-Encoding"),
    TOO_LARGE(413, "the body is larger than " + BodyFilter.MAX_BYTES + " bytes"),
    TOO_SLOW(408, "the body did not arrive in time"),
    MALFORMED(400, "the body is malformed");

    private final int status;
    private final String detail;

    Verdict(int status, String detail) {
      this.status = status;
      this.detail = detail;
    }

    void refuse(HttpServletRequest request, HttpServletResponse response) throws IOException {
      Refusal.send(request, response, status, detail);
    }

    /** Rejects the request, and reads no more from this client. */
    void refuseAndClose(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setHeader("Connection", "close");
      refuse(request, response);
      // after a malformed chunk Tomcat closes the connection as soon as this returns
      response.flushBuffer();
    }
  }

  private final boolean encoded;
  private final long promised;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private long received;

  /**
   * @param encoded whether it has a Content-Encoding, and so is never accepted
   * @param promised its length by the request's head; below 1 if the head does not tell, above 0 if
   *     there must be a body
   * @param arrived the beginning, already read
   */
  ReceivedBody(boolean encoded, long promised, byte[] arrived) {
    this.encoded = encoded;
    this.promised = promised;
    add(arrived, arrived.length);
  }

  void add(byte[] chunk, int length) {
    received += length;
    if (received <= BodyFilter.MAX_BYTES && !encoded) {
      kept.write(chunk, 0, length);
    }
  }

  /**
   * Whether all of it has arrived. Asked when the container has no more: not every container
   * notices a missing rest (Tomcat's upgrade to HTTP/2 can lose a whole body), and a command
   * without its body is another command.
   */
  boolean isWhole() {
    return received >= promised;
  }

  /** Whether enough was read for an honest client to see why it is rejected. */
  boolean isEnough() {
    return received > BodyFilter.MAX_DISCARDED;
  }

  /**
   * @return null if it is accepted so far
   */
  Verdict verdict() {
    if (encoded) {
      return Verdict.ENCODED;
    }
    return received > BodyFilter.MAX_BYTES ? Verdict.TOO_LARGE : null;
  }

  /** The verdict if its time is over before it is complete. */
  Verdict verdictWhenLate() {
    Verdict worse = verdict();
    return worse == null ? Verdict.TOO_SLOW : worse;
  }

  /** The verdict if no more of it can be read. */
  Verdict verdictOn(Throwable error) {
    return error instanceof SocketTimeoutException ? verdictWhenLate() : Verdict.MALFORMED;
  }

  byte[] bytes() {
    return kept.toByteArray();
  }
}
