package io.flowfi.output;

import io.flowfi.sse.EventStreamContract;
import jakarta.ws.rs.core.UriBuilder;
import java.net.URI;
import org.glassfish.jersey.servlet.ServletContainer;
import org.glassfish.jersey.test.DeploymentContext;
import org.glassfish.jersey.test.ServletDeploymentContext;
import org.glassfish.jersey.test.grizzly.GrizzlyWebTestContainerFactory;
import org.glassfish.jersey.test.spi.TestContainer;

/** The async output on a container that is not Tomcat. */
class AsyncOutputOnGrizzlyTest extends EventStreamContract {
  private TestContainer container;

  @Override
  protected int startContainer() {
    DeploymentContext deployment =
        ServletDeploymentContext.forServlet(
                new ServletContainer(
                    streams.application(
                        new AsyncOutputs(WriteTimeouts.NONE, context -> context.setTimeout(0)))))
            .build();
    URI anyPort = UriBuilder.fromUri("http://127.0.0.1/").port(0).build();
    container = new GrizzlyWebTestContainerFactory().create(anyPort, deployment);
    container.start();
    return container.getBaseUri().getPort();
  }

  @Override
  protected void stopContainer() {
    container.stop();
  }
}
