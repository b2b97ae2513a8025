package io.flowfi.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flowfi.log.EventFilter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Uses real sockets, because the kernel's answers are tested. */
@Timeout(20)
class SocketWatchTest {
  private final SocketWatch watch = new SocketWatch();
  private ServerSocketChannel listener;
  private SocketChannel ours;
  private SocketChannel theirs;

  @BeforeEach
  void connect() throws IOException {
    listener =
        ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    theirs = SocketChannel.open(listener.getLocalAddress());
    ours = listener.accept();
    ours.configureBlocking(false);
  }

  @AfterEach
  void disconnect() throws IOException {
    watch.close();
    ours.close();
    theirs.close();
    listener.close();
  }

  private static Connection connection() {
    Subscription everything =
        new Subscription("c", EventFilter.EVERYTHING, Optional.empty(), false);
    return new Connection(null, everything, through -> {});
  }

  private void fill() throws IOException {
    ByteBuffer block = ByteBuffer.allocate(64 * 1024);
    while (ours.write(block.clear()) > 0) {
      // until the socket is full
    }
  }

  private void drain() throws IOException {
    theirs.configureBlocking(false);
    ByteBuffer block = ByteBuffer.allocate(1024 * 1024);
    while (theirs.read(block.clear()) > 0) {
      // until nothing is left
    }
  }

  @Test
  void shouldTellOnlyOfSocketsWithRoom() throws IOException {
    fill();
    Connection connection = connection();
    watch.watch(connection, ours, null);
    watch.look();
    assertThat(watch.poll()).isNull();

    drain();
    watch.sleep(0);
    assertThat(watch.poll()).isSameAs(connection);
    assertThat(watch.poll()).isNull();
  }

  @Test
  void shouldTellNothingOfSocketsAtRestOrForgotten() throws IOException {
    SelectionKey key = watch.watch(connection(), ours, null);
    watch.rest(key);
    watch.look();
    assertThat(watch.poll()).isNull();

    assertThat(watch.watch(connection(), ours, key)).isSameAs(key);
    watch.look();
    assertThat(watch.poll()).isNotNull();

    watch.forget(key);
    watch.look(); // a pump that never sleeps must release closed sockets, too
    assertThat(watch.poll()).isNull();
    assertThat(ours.isRegistered()).isFalse();
  }

  @Test
  void shouldReportASocketThatIsClosed() throws IOException {
    SelectionKey key = watch.watch(connection(), ours, null);
    ours.close();
    watch.rest(key); // must not throw: the connection learns of the end in other ways
    assertThatThrownBy(() -> watch.watch(connection(), ours, key))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(() -> watch.watch(connection(), ours, null))
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void shouldWakeASleepingThreadAndOneThatIsAboutToSleep() throws Exception {
    watch.wake();
    watch.sleep(0); // returns: the wake was remembered

    CompletableFuture<Void> slept =
        CompletableFuture.runAsync(
            () -> {
              try {
                watch.sleep(0);
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    watch.wake();
    slept.get(10, TimeUnit.SECONDS);
  }

  @Test
  void shouldSleepNoLongerThanAsked() throws IOException {
    fill();
    watch.watch(connection(), ours, null);
    watch.sleep(TimeUnit.MILLISECONDS.toNanos(5));
    assertThat(watch.poll()).isNull();
  }
}
