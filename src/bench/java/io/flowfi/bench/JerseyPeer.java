package io.flowfi.bench;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.sse.Sse;
import jakarta.ws.rs.sse.SseBroadcaster;
import jakarta.ws.rs.sse.SseEventSink;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;

/**
 * The peer that a Java developer would write first: JAX-RS, one {@link SseBroadcaster}, an
 * unchanged Tomcat.
 */
public final class JerseyPeer {
  private JerseyPeer() {}

  /** The resource; one for all requests. */
  @Path("/events")
  public static final class Events {
    private final AtomicLong id = new AtomicLong();
    private volatile SseBroadcaster broadcaster;
    private volatile Sse sse;

    /** Registers a subscriber. */
    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public void subscribe(@Context SseEventSink sink, @Context Sse context) {
      broadcaster(context).register(sink);
      sink.send(context.newEvent("{\"type\":\"connected\"}"));
    }

    /** Broadcasts an event. */
    @POST
    @Consumes(MediaType.WILDCARD)
    public Response publish(String data, @Context Sse context) {
      broadcaster(context)
          .broadcast(
              context.newEventBuilder().id(Long.toString(id.incrementAndGet())).data(data).build());
      return Response.accepted().build();
    }

    private synchronized SseBroadcaster broadcaster(Sse context) {
      if (broadcaster == null) {
        sse = context;
        broadcaster = sse.newBroadcaster();
      }
      return broadcaster;
    }
  }

  /** Serves on a port of the loopback address until the process is ended. */
  public static void main(String[] args) throws LifecycleException {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir("tomcat");
    Connector connector = new Connector();
    connector.setPort(Integer.parseInt(args[0]));
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("maxConnections", "20000");
    connector.setProperty("acceptCount", "4096");
    connector.setProperty("maxKeepAliveRequests", "-1");
    tomcat.setConnector(connector);
    var context = tomcat.addContext("", null);
    var servlet =
        Tomcat.addServlet(
            context, "jersey", new ServletContainer(new ResourceConfig().register(new Events())));
    servlet.setAsyncSupported(true);
    context.addServletMappingDecoded("/*", "jersey");
    tomcat.start();
    tomcat.getServer().await();
  }
}
