package io.flowfi.web.edge;

import io.flowfi.output.Suspension;
import io.flowfi.web.edge.ReceivedBody.Verdict;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one body as it arrives, then lets its request continue or rejects it. The container calls,
 * one thread at a time; only the time-out may run at the same time, so the first one decides.
 */
final class BodyReader implements ReadListener, AsyncListener {
  private static final Logger LOG = LoggerFactory.getLogger(BodyReader.class);

  private final WholeRequest request;
  private final HttpServletResponse response;
  private final ReceivedBody body;
  private final AtomicBoolean decided = new AtomicBoolean();
  private AsyncContext context;
  private ServletInputStream in;

  /**
   * @param body with its beginning, which is already read
   */
  BodyReader(HttpServletRequest request, HttpServletResponse response, ReceivedBody body) {
    this.request = new WholeRequest(request, new byte[0]);
    this.response = response;
    this.body = body;
  }

  /** The request that continues, with its body once that is complete. */
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
    byte[] chunk = new byte[BodyFilter.CHUNK];
    while (in.isReady() && !in.isFinished()) {
      int read = in.read(chunk);
      if (read < 0) {
        return;
      }
      body.add(chunk, read);
      if (body.isEnough()) {
        refuse(body.verdict());
        return;
      }
    }
  }

  @Override
  public void onAllDataRead() throws IOException {
    if (body.verdict() != null) {
      refuse(body.verdict());
    } else if (!body.isWhole()) {
      refuse(Verdict.MALFORMED);
    } else if (decided.compareAndSet(false, true)) {
      request.complete(body.bytes());
      Suspension.makeEndless(context);
      context.dispatch();
    }
  }

  private void refuse(Verdict verdict) throws IOException {
    if (decided.compareAndSet(false, true)) {
      try {
        verdict.refuseAndClose(request, response);
      } finally {
        Suspension.makeEndless(context);
        context.complete();
      }
    }
  }

  @Override
  public void onTimeout(AsyncEvent event) throws IOException {
    refuse(body.verdictWhenLate());
  }

  /**
   * The client is gone, or sends an invalid body, such as a malformed chunk. Or the container gives
   * up the wait, also at once when the time of day is set ahead: then the client did nothing wrong
   * and may try again.
   */
  @Override
  public void onError(Throwable error) {
    LOG.debug("a body could not be read", error);
    try {
      refuse(body.verdictOn(error));
    } catch (IOException gone) {
      LOG.debug("the client is gone", gone);
    }
  }

  @Override
  public void onError(AsyncEvent event) {
    onError(event.getThrowable());
  }

  @Override
  public void onComplete(AsyncEvent event) {
    // holds no resources
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    // the resource suspends the request again, which does not concern the body
  }
}
