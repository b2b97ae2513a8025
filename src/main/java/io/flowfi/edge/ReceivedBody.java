package io.flowfi.edge;

import io.flowfi.http.Refusal;
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
  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
  private long received;

  /**
   * @param encoded whether it is not taken anyway, however short
   * @param arrived the beginning, read already
   */
  ReceivedBody(boolean encoded, byte[] arrived) {
    this.encoded = encoded;
    add(arrived, arrived.length);
  }

  void add(byte[] chunk, int length) {
    received += length;
    if (received <= BodyFilter.MAX_BYTES && !encoded) {
      kept.write(chunk, 0, length);
    }
  }

  /** Bytes that have come, kept or not. */
  long received() {
    return received;
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
