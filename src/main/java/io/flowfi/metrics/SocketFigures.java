package io.flowfi.metrics;

import java.lang.management.ManagementFactory;
import java.util.HashSet;
import java.util.Set;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/**
 * The sockets of Tomcat's connectors against their limit, and their threads. Tomcat shows them as
 * beans of the JVM, so nothing of Tomcat is needed here; other containers have other beans, and
 * then these figures are missing.
 */
public final class SocketFigures implements Figures {
  private static final ObjectName CONNECTORS = name();

  private final LatestReading<Sockets> sockets;

  private record Sockets(long open, long limit, long busy, long threads) {}

  public SocketFigures(Exposition.Readings readings) {
    sockets = readings.of(SocketFigures::read);
  }

  private static ObjectName name() {
    try {
      return new ObjectName("*:type=ThreadPool,name=*");
    } catch (MalformedObjectNameException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Null if there are no such connectors. */
  private static Sockets read() {
    MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    long open = 0;
    long limit = 0;
    long busy = 0;
    long threads = 0;
    Set<ObjectName> connectors = new HashSet<>(beans.queryNames(CONNECTORS, null));
    connectors.removeIf(name -> name.getKeyProperty("subType") != null);
    for (ObjectName connector : connectors) {
      try {
        long most = number(beans, connector, "maxConnections");
        open += open(number(beans, connector, "connectionCount"), most);
        limit += most;
        busy += number(beans, connector, "currentThreadsBusy");
        threads += number(beans, connector, "maxThreads");
      } catch (JMException | ClassCastException another) {
        return null; // beans of that name, but not of a connector of Tomcat
      }
    }
    return connectors.isEmpty() ? null : new Sockets(open, limit, busy, threads);
  }

  /**
   * A connector below its limit counts one more: the socket that it waits for. At the limit it
   * waits for none, or for the last one that it may have: these two cannot be told apart.
   */
  private static long open(long counted, long most) {
    return Math.max(0, counted < most ? counted - 1 : counted);
  }

  private static long number(MBeanServer beans, ObjectName connector, String attribute)
      throws JMException {
    return ((Number) beans.getAttribute(connector, attribute)).longValue();
  }

  @Override
  public void writeTo(Sheet sheet) {
    sockets
        .value()
        .ifPresent(
            now -> {
              sheet.gauge(
                  "sockets", "Sockets of clients, also those without a request", now.open());
              sheet.gauge(
                  "sockets_limit", "Sockets that the connectors accept at once", now.limit());
              sheet.gauge("http_threads_busy", "Threads that answer requests now", now.busy());
              sheet.gauge("http_threads_limit", "Threads that there may be", now.threads());
            });
  }
}
