package io.flowfi.app.health;

import io.flowfi.app.Deployment;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Map;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * Down while something that the node needs is down, with the reasons from {@code /health/ready}.
 */
@Readiness
@ApplicationScoped
public class ReadyCheck implements HealthCheck {
  private final Deployment deployment;

  /** For the container's proxy. */
  protected ReadyCheck() {
    this(null);
  }

  @Inject
  public ReadyCheck(Deployment deployment) {
    this.deployment = deployment;
  }

  @Override
  public HealthCheckResponse call() {
    Map<String, String> troubles = deployment.troubles();
    HealthCheckResponseBuilder answer =
        HealthCheckResponse.named("flowfi-ready").status(troubles.isEmpty());
    troubles.forEach(answer::withData);
    return answer.build();
  }
}
