package io.flowfi.container.payara;

import io.flowfi.container.AnyContainer;
import jakarta.servlet.ServletContext;

/** Payara, told to buffer less for a client that takes nothing. */
public final class PayaraContainer extends AnyContainer {
  /** For the choice of containers, by reflection. */
  public PayaraContainer(ServletContext application) {
    super(application, new GrizzlyQueue());
  }
}
