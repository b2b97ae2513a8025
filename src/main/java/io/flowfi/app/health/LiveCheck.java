package io.flowfi.app.health;

import io.flowfi.app.Deployment;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Startup;

/** Down for a defect that only a restart repairs, and until the node has started. */
@Liveness
@Startup
@ApplicationScoped
public class LiveCheck implements HealthCheck {
  private final Deployment deployment;

  /** For the container's proxy. */
  protected LiveCheck() {
    this(null);
  }

  @Inject
  public LiveCheck(Deployment deployment) {
    this.deployment = deployment;
  }

  @Override
  public HealthCheckResponse call() {
    return HealthCheckResponse.named("flowfi-live").status(!deployment.isBroken()).build();
  }
}
