package io.flowfi.container;

import io.flowfi.output.OutputAdapter;
import jakarta.servlet.Filter;
import java.util.Optional;

/**
 * What the present container allows beyond the Servlet API. {@link Containers} chooses the
 * implementation; {@link AnyContainer} needs nothing beyond it.
 *
 * <p>Only {@link #outputs} may fail. If the container is not as expected, the application runs
 * without the other functions and logs that.
 */
public interface Container {
  /**
   * The output of event streams.
   *
   * @throws IllegalStateException if this mode cannot work here; the message names the container
   *     and the remedy
   */
  OutputAdapter outputs(OutputMode mode);

  /**
   * Whether a request that one thread has suspended can be continued by another. Where it cannot, a
   * thread waits for each body, and commands that wait for their answers are not watched.
   */
  boolean suspendsSafely();

  /**
   * The filter that limits how long a thread waits for a client that sends requests and does not
   * read the answers; belongs in front of everything that answers. Otherwise a few such clients
   * could hold all threads.
   *
   * @return empty where the container handles that
   */
  Optional<Filter> unreadAnswers();

  /**
   * From now on writes problem answers for requests that the container refuses before it has found
   * an application. Where the container does not allow that, its own answers stay.
   */
  Undo answerRefusals();

  /**
   * From now on runs an action when the whole server is about to stop, while it still accepts
   * connections. Otherwise, and when only the application is stopped, we learn of the stop when the
   * application has to end, and by then the container accepts no new clients.
   *
   * @param action run by the thread that stops the server, which waits for it; may be run more than
   *     once
   */
  Undo beforeStop(Runnable action);

  /** Restores the container to its earlier state. */
  interface Undo extends AutoCloseable {
    /** Nothing to undo. */
    Undo NOTHING = () -> {};

    @Override
    void close();
  }
}
