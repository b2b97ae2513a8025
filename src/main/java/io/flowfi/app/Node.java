package io.flowfi.app;

import io.flowfi.store.UnreachableStoreException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node of an application, which may come up late: while its database does not answer, the
 * application is deployed and unready. Requests then try again, one at a time and at most once a
 * second. A request's thread may do what a start needs: it has the application's names and CDI.
 *
 * <p>Any thread may call.
 */
final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final long NANOS_BETWEEN_TRIES = TimeUnit.SECONDS.toNanos(1);

  private final Supplier<EventServer> opening;
  private final Runnable filters;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile EventServer server;
  private volatile boolean waits;

  // guarded by the turn
  private long tried;
  private boolean closed;

  /**
   * @param opening opens a node whose threads do not run yet
   * @param filters starts the filters that wait for it
   */
  Node(Supplier<EventServer> opening, Runnable filters) {
    this.opening = opening;
    this.filters = filters;
  }

  /**
   * The first try, when the application is deployed.
   *
   * @throws IllegalStateException if the node cannot run; not if it waits for its database
   */
  void open() {
    try {
      server = opening.get();
    } catch (UnreachableStoreException e) {
      waits = true;
      tried = System.nanoTime();
      LOG.warn("{}; the node is unready and waits for it", e.getMessage());
    }
  }

  /** Whether it waits for its database. */
  boolean waits() {
    return waits;
  }

  /** Null until it is open. */
  EventServer server() {
    return server;
  }

  /** Tries again, if it is time for that. */
  void tryAgain() {
    if (!waits || !turn.tryLock()) {
      return;
    }
    try {
      if (waits && !closed && System.nanoTime() - tried >= NANOS_BETWEEN_TRIES) {
        startLate();
        tried = System.nanoTime();
      }
    } finally {
      turn.unlock();
    }
  }

  private void startLate() {
    try {
      server = opening.get();
      filters.run();
      server.start();
      LOG.info("the database answers; the node has started");
    } catch (UnreachableStoreException e) {
      LOG.debug("the node still waits", e);
      return;
    } catch (RuntimeException | Error e) {
      // whatever it is: what has started would go on unseen, and keep its folder or its connections
      LOG.error("FlowFi Events cannot start though its database answers: {}", e.getMessage());
      LOG.debug("the start failed", e);
      if (server != null) {
        server.close();
        server = null;
      }
    }
    waits = false;
  }

  /** What keeps it from serving, by part. */
  Optional<Map<String, String>> troubles() {
    return waits
        ? Optional.of(Map.of("store", "does not answer; the node waits for it"))
        : Optional.ofNullable(server).map(EventServer::troubles);
  }

  /** As {@link EventServer#drain}; nothing if there is none. */
  void drain() {
    end(EventServer::drain);
  }

  @Override
  public void close() {
    end(EventServer::close);
  }

  private void end(Consumer<EventServer> ending) {
    turn.lock();
    try {
      closed = true;
      if (server != null) {
        ending.accept(server);
      }
    } finally {
      turn.unlock();
    }
  }
}
