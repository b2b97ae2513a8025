package io.flowfi.servers;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** A TCP proxy that does what networks do: it delays, cuts, or lets nothing more through. */
public final class TcpProxy implements AutoCloseable {
  private final ServerSocket listening;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private volatile int target;
  private volatile Duration delay = Duration.ZERO;
  private volatile boolean refusing;
  private volatile boolean closed;
  private final AtomicInteger ended = new AtomicInteger();

  /** Guarded by the lock. */
  private boolean silent;

  /**
   * @param target port on the loopback
   */
  public TcpProxy(int target) {
    this.target = target;
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start(this::accept);
  }

  public int port() {
    return listening.getLocalPort();
  }

  /** Leads new connections elsewhere. */
  public void lead(int port) {
    target = port;
  }

  /** Ends all connections. */
  public void cut() {
    sockets.forEach(TcpProxy::end);
  }

  /** Ends all connections, and new ones at once. */
  public void refuse() {
    refusing = true;
    cut();
  }

  /** Keeps all connections open, and lets nothing through: the other side seems to be there. */
  public void silence() {
    set(true);
  }

  /** Each piece of data comes this much later. */
  public void delay(Duration each) {
    delay = each;
  }

  /** How many connections have been ended by one of their sides. */
  public int ended() {
    return ended.get();
  }

  /** No trouble any more. */
  public void mend() {
    delay = Duration.ZERO;
    refusing = false;
    set(false);
  }

  private void set(boolean value) {
    lock.lock();
    try {
      silent = value;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void accept() throws IOException {
    while (!closed) {
      Socket client = listening.accept();
      if (refusing) {
        end(client);
        continue;
      }
      sockets.add(client);
      Socket server;
      try {
        server = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(server);
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
      } catch (IOException nobodyThere) {
        end(client); // or it has been cut already
        continue;
      }
      start(() -> copy(client, server));
      start(() -> copy(server, client));
    }
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[64 * 1024];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        awaitPassage(from);
        out.write(buffer, 0, n);
      }
    } catch (IOException | InterruptedException ended) {
      // one of both is gone
    } finally {
      if (!from.isClosed()) {
        ended.incrementAndGet();
      }
      end(from);
      end(to);
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private void awaitPassage(Socket from) throws InterruptedException {
    lock.lock();
    try {
      long left = delay.toNanos();
      while (!from.isClosed() && (silent || left > 0)) {
        // a change of the delay holds from the next piece on
        left = silent ? left : changed.awaitNanos(left);
        if (silent) {
          changed.await(50, TimeUnit.MILLISECONDS);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private static void end(Closeable socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException ended) {
                // the end of the test
              }
            },
            "tcp-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    closed = true;
    mend();
    end(listening);
    cut();
  }
}
