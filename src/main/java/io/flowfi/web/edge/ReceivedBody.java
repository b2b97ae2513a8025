package io.flowfi.web.edge;

import io.flowfi.web.wire.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** What has come of a body so far, and whether it will be taken. */
final class ReceivedBody {
  /** Why a request is turned down for its body. */
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

    /** Refuses, and takes no more from this client. */
    void refuseAndClose(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setHeader("Connection", "close");
      refuse(request, response);
      // after a malformed chunk Tomcat closes the connection as soon as it is back
      response.flushBuffer();
    }
  }

  private final boolean encoded;
  private final long promised;
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private long received;

  /**
   * @param encoded whether it is not taken anyway, however short
   * @param promised how long it is going to be, by the request's head; less than 1 if that does not
   *     tell, more if there is at least something
   * @param arrived the beginning, read already
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
   * Whether all has come that was promised. Asked at the end of what the container has: not every
   * container misses the rest (Tomcat's upgrade to HTTP/2 can lose a body whole), and a command
   * without its body is another command.
   */
  boolean isWhole() {
    return received >= promised;
  }

  /** Whether even an honest client has had its chance to see why it is refused. */
  boolean isEnough() {
    return received > BodyFilter.MAX_DISCARDED;
  }

  /**
   * @return null if it is taken as far as it has come
   */
  Verdict verdict() {
    if (encoded) {
      return Verdict.ENCODED;
    }
    return received > BodyFilter.MAX_BYTES ? Verdict.TOO_LARGE : null;
  }

  /** What it comes to when its time is up before it is whole. */
  Verdict verdictWhenLate() {
    Verdict worse = verdict();
    return worse == null ? Verdict.TOO_SLOW : worse;
  }

  byte[] bytes() {
    return kept.toByteArray();
  }
}
