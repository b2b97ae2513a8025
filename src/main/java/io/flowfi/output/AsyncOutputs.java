package io.flowfi.output;

import io.flowfi.fanout.Subscriber;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.Consumer;

/** Takes connections over by {@code startAsync()} and a {@code WriteListener}. */
public final class AsyncOutputs implements OutputAdapter {
  private final WriteTimeouts writeTimeouts;
  private final Consumer<AsyncContext> endless;

  /**
   * @param endless lets a request be suspended without a time limit
   */
  public AsyncOutputs(WriteTimeouts writeTimeouts, Consumer<AsyncContext> endless) {
    this.writeTimeouts = writeTimeouts;
    this.endless = endless;
  }

  @Override
  public boolean accepts(HttpServletRequest request) {
    return true;
  }

  @Override
  public void open(HttpServletRequest request, HttpServletResponse response, Subscriber subscriber)
      throws IOException {
    AsyncContext context = request.startAsync();
    // an event stream may be idle for any time; the fan-out closes clients that take no byte
    endless.accept(context);
    WriteTimeouts.Of writeTimeout = writeTimeouts.of(request, response);
    AsyncOutput output =
        new AsyncOutput(context, response.getOutputStream(), subscriber, writeTimeout);
    try {
      context.addListener(output);
      // the only write that may block this thread, if the client has not read answers before
      response.flushBuffer();
    } catch (IOException | RuntimeException failed) {
      output.close();
      throw failed;
    }
    writeTimeout.lift();
    subscriber.start(output);
    // last: some containers call onWritePossible within
    output.listen();
  }
}
