package io.flowfi.container;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import java.util.Optional;

/**
 * Clients that ask and do not read the answers. A thread that writes to one waits until there is
 * room, so a few of them could keep all threads there are; elsewhere than on Tomcat how long is the
 * container's business.
 */
public final class UnreadAnswers {
  private UnreadAnswers() {}

  /**
   * The filter that limits how long; belongs in front of everything that answers.
   *
   * <p>Never fails: an application whose container is not as expected serves without it.
   *
   * @return empty where the container does not let us
   */
  public static Optional<Filter> limit(ServletContext context) {
    return TomcatPart.make(
        context,
        Filter.class,
        "AnswerTimeout",
        "a client that does not read holds a thread for as long as the connector lets it",
        context);
  }
}
