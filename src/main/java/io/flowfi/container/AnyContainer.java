package io.flowfi.container;

import io.flowfi.output.AsyncOutputs;
import io.flowfi.output.OutputAdapter;
import io.flowfi.output.WriteTimeouts;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletContext;
import java.util.Optional;

/** A container that we only know to follow the Servlet API. */
public class AnyContainer implements Container {
  private final String name;
  private final WriteTimeouts writeTimeouts;

  AnyContainer(ServletContext application) {
    this(application, WriteTimeouts.NONE);
  }

  /** One whose time-outs for clients that take nothing can be changed. */
  protected AnyContainer(ServletContext application, WriteTimeouts writeTimeouts) {
    this.name = application.getServerInfo();
    this.writeTimeouts = writeTimeouts;
  }

  @Override
  public OutputAdapter outputs(OutputMode mode) {
    if (mode == OutputMode.DETACHED) {
      throw new IllegalStateException(
          "SSE_OUTPUT=detached works on Apache Tomcat only, not on "
              + name
              + ": use auto or async");
    }
    return new AsyncOutputs(writeTimeouts, context -> context.setTimeout(0));
  }

  /** Payara cannot, and other containers are unknown. */
  @Override
  public boolean suspendsSafely() {
    return false;
  }

  @Override
  public Optional<Filter> unreadAnswers() {
    return Optional.empty();
  }

  @Override
  public Undo answerRefusals() {
    return Undo.NOTHING;
  }

  @Override
  public Undo beforeStop(Runnable action) {
    return Undo.NOTHING;
  }
}
