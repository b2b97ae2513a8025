package io.flowfi.container;

import jakarta.servlet.ServletContext;
import java.util.Optional;

/**
 * Word that the whole server is about to stop, while it still accepts connections, where the
 * container gives it: Tomcat does. Elsewhere, and when only the application is stopped, that is
 * first heard of when the application has to end, and the container lets nobody new in by then.
 */
public interface StopNotice extends AutoCloseable {
  /**
   * Asks for it, until closed.
   *
   * <p>Never fails: an application whose container is not as expected stops without this.
   *
   * @param action run by the thread that stops the server, which waits for it; may be run more than
   *     once
   * @return empty where no notice is given
   */
  static Optional<StopNotice> ask(ServletContext context, Runnable action) {
    return TomcatPart.make(
        context,
        StopNotice.class,
        "ServerStopNotice",
        "who comes while the server stops waits in vain, and is not refused",
        context,
        action);
  }

  /** No notice from now on. */
  @Override
  void close();
}
