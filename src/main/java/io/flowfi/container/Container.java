package io.flowfi.container;

import io.flowfi.output.OutputAdapter;
import jakarta.servlet.Filter;
import java.util.Optional;

/**
 * What the container at hand lets us do beyond the Servlet API. {@link Containers} chooses the
 * implementation; {@link AnyContainer} is the one that asks for nothing.
 *
 * <p>Only {@link #outputs} may refuse. Of the rest, an application whose container is not as
 * expected does without, and says so in the log.
 */
public interface Container {
  /**
   * How event streams leave.
   *
   * @throws IllegalStateException if this mode cannot work here; the message names container and
   *     remedy
   */
  OutputAdapter outputs(OutputMode mode);

  /**
   * Whether a request that one thread has suspended can be continued by another. Where it cannot, a
   * thread waits for bodies, and nobody looks at commands that wait for their answers.
   */
  boolean suspendsSafely();

  /**
   * The filter that limits how long a thread waits for a client that asks and does not read the
   * answers; belongs in front of everything that answers. A few such clients could otherwise keep
   * all threads there are.
   *
   * @return empty where that is the container's business
   */
  Optional<Filter> unreadAnswers();

  /**
   * From now on makes problems of what the container refuses before it has found an application.
   * Where the container does not let us, those answers stay its own.
   */
  Undo answerRefusals();

  /**
   * From now on gives notice that the whole server is about to stop, while it still accepts
   * connections. Without notice, and when only the application is stopped, that is first heard of
   * when the application has to end, and the container lets nobody new in by then.
   *
   * @param action run by the thread that stops the server, which waits for it; may be run more than
   *     once
   */
  Undo beforeStop(Runnable action);

  /** Leaves the container as it was found. */
  interface Undo extends AutoCloseable {
    /** Where nothing was done. */
    Undo NOTHING = () -> {};

    @Override
    void close();
  }
}
