package io.flowfi.app;

import static io.flowfi.simulator.ContractEvents.streamCreated;
import static io.flowfi.simulator.SimulatedTransaction.tx;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.indexer.Indexer;
import io.flowfi.servers.TestStore;
import io.flowfi.simulator.EveryEvent;
import io.flowfi.simulator.RpcFaults.Failure;
import io.flowfi.simulator.SimulatedChain;
import io.flowfi.simulator.SimulatedRpc;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes that take requests and do not answer: each costs the client's whole patience, but not again
 * and again. The patience is less here than in earnest: {@code LimitsTest} has that.
 */
@Timeout(120)
class HangingNodeTest {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  @TempDir Path directory;
  private final SimulatedChain chain = new SimulatedChain();
  private int created;

  private void create() {
    chain.ledger(
        tx(
            streamCreated(
                ++created,
                EveryEvent.SENDER,
                EveryEvent.RECIPIENT,
                EveryEvent.TOKEN,
                10,
                10_000,
                1_790_000_000)));
  }

  @Test
  void shouldWaitOnceForEachNodeThatHangs() throws IOException {
    create();
    try (SilentNode first = new SilentNode();
        SilentNode second = new SilentNode();
        SimulatedRpc third = new SimulatedRpc(chain);
        FollowedChain log =
            new FollowedChain(TestStore.EMBEDDED, directory, chain)
                .from(chain.oldest())
                .withPatience(PATIENCE)) {
      Indexer indexer =
          log.follow(String.join(",", first.url(), second.url(), FollowedChain.addresses(third)));
      log.awaitAll(indexer);
      assertThat(indexer.status().lastError().orElseThrow().message()).contains("2000 ms");

      // the third one is asked again, although the others come before it and are due, too
      third.faults().fail(Failure.INTERNAL_ERROR, 2);
      await().until(() -> indexer.status().lastError().orElseThrow().message().contains("-32603"));
      create();
      log.awaitAll(indexer);
      assertThat(log.types()).containsExactly("stream.created", "stream.created");
      assertThat(indexer.status().fault()).isEmpty();
      assertThat(indexer.status().known()).isZero();
      assertThat(first.requests.get()).isEqualTo(1);
      assertThat(second.requests.get()).isEqualTo(1);
    }
  }

  /** A socket that accepts and reads, and never answers. */
  private static final class SilentNode implements AutoCloseable {
    final AtomicInteger requests = new AtomicInteger();
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Thread thread = new Thread(this::serve, "silent-node");

    SilentNode() throws IOException {
      thread.start();
    }

    String url() {
      return "http://127.0.0.1:" + listener.getLocalPort();
    }

    private void serve() {
      while (!listener.isClosed()) {
        try (Socket client = listener.accept()) {
          requests.incrementAndGet();
          client.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
          // the client has given up, or the test is over
          assertThat(e).isInstanceOf(SocketException.class);
        }
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
      try {
        thread.join(10_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
