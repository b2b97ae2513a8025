package io.flowfi.edge;

import io.flowfi.http.Refusal;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one body as it arrives, then lets its request go on or turns it down. The container calls,
 * one thread at a time; only the time-out may come in between, so whoever is first decides.
 */
final class BodyReader implements ReadListener, AsyncListener {
  private static final Logger LOG = LoggerFactory.getLogger(BodyReader.class);
  private static final int CHUNK = 2048;

  /** What becomes of a request with a body that is not taken. */
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
  }

  private final WholeRequest request;
  private final HttpServletResponse response;
  private final boolean encoded;
  private final AtomicBoolean decided = new AtomicBoolean();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private AsyncContext context;
  private ServletInputStream in;
  private long received;

  /**
   * @param arrived the beginning of the body, read already
   */
  BodyReader(
      HttpServletRequest request, HttpServletResponse response, boolean encoded, byte[] arrived) {
    this.request = new WholeRequest(request, new byte[0]);
    this.response = response;
    this.encoded = encoded;
    body.writeBytes(arrived);
    received = arrived.length;
  }

  /** The request that goes on, with its body once that is whole. */
  HttpServletRequest request() {
    return request;
  }

  void start(AsyncContext asyncContext, ServletInputStream input) {
    context = asyncContext;
    in = input;
    input.setReadListener(this);
  }

  @Override
  public void onDataAvailable() throws IOException {
    byte[] chunk = new byte[CHUNK];
    while (in.isReady() && !in.isFinished()) {
      int read = in.read(chunk);
      if (read < 0) {
        return;
      }
      received += read;
      if (received <= BodyFilter.MAX_BYTES && !encoded) {
        body.write(chunk, 0, read);
      } else if (received > BodyFilter.MAX_DISCARDED) {
        refuse(verdict());
        return;
      }
    }
  }

  @Override
  public void onAllDataRead() throws IOException {
    if (verdict() != null) {
      refuse(verdict());
    } else if (decided.compareAndSet(false, true)) {
      request.complete(body.toByteArray());
      context.dispatch();
    }
  }

  private Verdict verdict() {
    if (encoded) {
      return Verdict.ENCODED;
    }
    return received > BodyFilter.MAX_BYTES ? Verdict.TOO_LARGE : null;
  }

  private void refuse(Verdict verdict) throws IOException {
    if (decided.compareAndSet(false, true)) {
      try {
        response.setHeader("Connection", "close");
        verdict.refuse(request, response);
        // after a malformed chunk Tomcat closes the connection as soon as it is back
        response.flushBuffer();
      } finally {
        context.complete();
      }
    }
  }

  @Override
  public void onTimeout(AsyncEvent event) throws IOException {
    refuse(verdict() == null ? Verdict.TOO_SLOW : verdict());
  }

  /** The client is gone, or sends what is no body: a malformed chunk, say. */
  @Override
  public void onError(Throwable error) {
    LOG.debug("a body could not be read", error);
    try {
      refuse(Verdict.MALFORMED);
    } catch (IOException gone) {
      LOG.debug("nobody is left to be told", gone);
    }
  }

  @Override
  public void onError(AsyncEvent event) {
    onError(event.getThrowable());
  }

  @Override
  public void onComplete(AsyncEvent event) {
    // nothing is held
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // the resource suspends the request in turn, which is no business of the body's
  }
}
