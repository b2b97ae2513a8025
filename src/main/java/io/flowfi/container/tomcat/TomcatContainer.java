package io.flowfi.container.tomcat;

import io.flowfi.container.Container;
import io.flowfi.container.OutputMode;
import io.flowfi.output.OutputAdapter;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tomcat, whose own objects can be reached from an application. Each part is made on request, so a
 * part that fails with a later Tomcat does not affect the others.
 */
public final class TomcatContainer implements Container {
  private static final Logger LOG = LoggerFactory.getLogger(TomcatContainer.class);

  private final ServletContext application;

  /** For the choice of containers, by reflection. */
  public TomcatContainer(ServletContext application) {
    this.application = application;
  }

  @Override
  public OutputAdapter outputs(OutputMode mode) {
    return TomcatOutputs.of(mode);
  }

  @Override
  public boolean suspendsSafely() {
    return true;
  }

  @Override
  public Optional<Filter> unreadAnswers() {
    return part(
        () -> new AnswerTimeout(application),
        "a client that does not read holds a thread for as long as the connector lets it");
  }

  @Override
  public Undo answerRefusals() {
    return this.<Undo>part(
            () -> new HostErrors(application),
            "malformed requests are answered by it, not with problems")
        .orElse(Undo.NOTHING);
  }

  @Override
  public Undo beforeStop(Runnable action) {
    return this.<Undo>part(
            () -> new ServerStopNotice(application, action),
            "clients that connect while the server stops wait in vain and are not refused")
        .orElse(Undo.NOTHING);
  }

  /**
   * @param without what happens without it, for the log
   */
  private <T> Optional<T> part(Supplier<T> made, String without) {
    try {
      return Optional.of(made.get());
    } catch (RuntimeException | LinkageError unexpected) {
      LOG.warn("{} is not as expected: {}", application.getServerInfo(), without, unexpected);
      return Optional.empty();
    }
  }
}
