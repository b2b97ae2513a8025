package io.flowfi.container.tomcat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flowfi.container.OutputMode;
import io.flowfi.fanout.EventOutput;
import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;
import io.flowfi.log.EventFilter;
import io.flowfi.payment.StreamId;
import io.flowfi.sse.EmbeddedTomcat;
import io.flowfi.sse.EventStreamContract;
import io.flowfi.sse.RawClient;
import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.connector.Connector;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketBufferHandler;
import org.apache.tomcat.util.threads.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;

class DetachedOutputTest extends EventStreamContract {
  private EmbeddedTomcat tomcat;

  private final RefusingExecutor threads = new RefusingExecutor();

  @Override
  protected int startContainer() throws Exception {
    tomcat = new EmbeddedTomcat(streams, OutputMode.DETACHED, this::configure);
    return tomcat.port();
  }

  void configure(Connector connector) {
    connector.getProtocolHandler().setExecutor(threads);
    connector.setProperty("socket.appReadBufSize", "1024");
    connector.setProperty("socket.appWriteBufSize", "1024");
    connector.setProperty("socket.bufferPool", "500");
    connector.setProperty("socket.txBufSize", "131072");
  }

  /**
   * What a detached socket's buffers hold: other connections reuse a pooled channel and need them.
   */
  int bufferBytes() {
    return 1024;
  }

  @Override
  protected void stopContainer() throws Exception {
    threads.refuse(false);
    tomcat.stop();
    threads.close();
  }

  @Test
  void shouldSendBareFramesAfterThePlainHead() throws IOException {
    try (RawClient client = get("/events?streams=7")) {
      assertThat(client.headers())
          .containsEntry("connection", "close")
          .doesNotContainKeys("transfer-encoding", "upgrade", "content-length");
      readConnected(client);
    }
  }

  /** A subscriber that waited for the end of its request would begin as a slow one. */
  @Test
  void shouldFlowBeforeTomcatHasFinishedTheRequest() throws IOException {
    CountDownLatch finish = new CountDownLatch(1);
    tomcat.whenRequestEnds(() -> awaitQuietly(finish));
    try (RawClient client = get("/events?streams=7")) {
      readConnected(client);
      streams.publish(7, "{}");
      assertThat(client.frame()).endsWith("\nid: 1.test\n\n");
      assertThat(streams.fanOut.statistics().parked()).isZero();
      finish.countDown();
      streams.publish(7, "{}");
      assertThat(client.frame()).endsWith("\nid: 2.test\n\n");
    } finally {
      finish.countDown();
    }
    await().until(() -> streams.closed.get() == 1);
  }

  @Test
  void shouldSendTheHeadWithTheFirstWords() throws Exception {
    CountDownLatch pumpGoesOn = new CountDownLatch(1);
    CountDownLatch requestEnds = new CountDownLatch(1);
    tomcat.whenRequestEnds(requestEnds::countDown);
    holdPump(pumpGoesOn);
    try (RawClient client = connect(0)) {
      client.request("GET", "/events?streams=7");
      assertThat(requestEnds.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(client.available()).isZero();
      pumpGoesOn.countDown();
      client.readHead();
      assertThat(client.status()).isEqualTo(200);
      readConnected(client);
    } finally {
      pumpGoesOn.countDown();
    }
  }

  /** Varnish holds what it reads together with the head until more comes. */
  @Test
  void shouldSendTheHeadToVarnishAndTheFirstWordsLater() throws Exception {
    CountDownLatch requestEnds = new CountDownLatch(1);
    tomcat.whenRequestEnds(requestEnds::countDown);
    try (HeldTimer timer = new HeldTimer(tomcat.application());
        RawClient client = getThroughVarnish()) {
      assertThat(client.status()).isEqualTo(200);
      assertThat(client.headers()).doesNotContainKey("transfer-encoding");
      assertThat(requestEnds.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(timer.waiting()).isEqualTo(1);
      timer.goOn();
      readConnected(client);
      streams.publish(7, "{}");
      assertThat(client.frame()).endsWith("\nid: 1.test\n\n");
    }
    await().until(() -> streams.closed.get() == 1);
  }

  @Test
  void shouldReleaseASubscriberWhoseClientLeavesBeforeTheFirstWords() throws Exception {
    try (HeldTimer timer = new HeldTimer(tomcat.application())) {
      getThroughVarnish().close();
      await().until(() -> streams.closed.get() == 1);
      assertThat(timer.waiting()).isEqualTo(1);
      timer.goOn();
      await().until(() -> timer.waiting() == 0);
    }
    try (RawClient next = get("/events?streams=7")) {
      readConnected(next);
      awaitConnections(1);
    }
  }

  private RawClient getThroughVarnish() throws IOException {
    return RawClient.exchange(
        port, "GET /events?streams=7 HTTP/1.1\r\nHost: localhost\r\nX-Varnish: 32770\r\n\r\n");
  }

  /** Stands in for Tomcat's timer, and runs nothing until it may. */
  private static final class HeldTimer implements AutoCloseable {
    private final CountDownLatch goesOn = new CountDownLatch(1);
    private final java.util.concurrent.ScheduledThreadPoolExecutor timer =
        new java.util.concurrent.ScheduledThreadPoolExecutor(1);

    HeldTimer(ServletContext application) throws InterruptedException {
      String name = ScheduledThreadPoolExecutor.class.getName();
      assertThat(application.getAttribute(name)).isInstanceOf(ScheduledExecutorService.class);
      CountDownLatch held = new CountDownLatch(1);
      timer.execute(
          () -> {
            held.countDown();
            awaitQuietly(goesOn);
          });
      assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
      application.setAttribute(name, timer);
    }

    int waiting() {
      return timer.getQueue().size();
    }

    void goOn() {
      goesOn.countDown();
    }

    @Override
    public void close() {
      goOn();
      timer.shutdown();
    }
  }

  /** Ends a subscriber whose owner handles that slowly. */
  private void holdPump(CountDownLatch goesOn) throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    Subscription nothing =
        new Subscription(
            "holder",
            new EventFilter(false, Set.of(new StreamId(1)), Set.of(), Set.of()),
            Optional.empty(),
            false);
    Subscriber holder =
        streams.fanOut.prepare(
            nothing,
            through -> {
              held.countDown();
              awaitQuietly(goesOn);
            });
    holder.start(
        new EventOutput() {
          @Override
          public boolean offer(ByteBuffer block) {
            block.position(block.limit());
            return true;
          }

          @Override
          public void close() {
            // nothing to close
          }
        });
    holder.close();
    assertThat(held.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shouldCloseTheSocketOfASubscriberThatEndedBeforeItsRequest() throws IOException {
    CountDownLatch finish = new CountDownLatch(1);
    tomcat.whenRequestEnds(() -> awaitQuietly(finish));
    try (RawClient client = get("/events?streams=7")) {
      readConnected(client);
      streams.close();
      await().untilAsserted(() -> assertThat(streams.closed).hasValue(1));
      finish.countDown();
      assertThat(client.rest()).endsWith("{\"reason\":\"shutdown\"}\nid: 0.test\n\n");
    } finally {
      finish.countDown();
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void shouldNoticeAtOnceThatAnIdleClientLeaves() throws IOException {
    try (RawClient client = get("/events?streams=7")) {
      readConnected(client);
    }
    // nothing is published: the end of the connection is enough
    await().until(() -> streams.closed.get() == 1);
    awaitConnections(0);
  }

  @Test
  void shouldThrowAwayWhatAClientSays() throws IOException {
    try (RawClient client = get("/events?streams=7")) {
      readConnected(client);
      client.send("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
      streams.publish(7, "{}");
      assertThat(client.frame()).endsWith("\nid: 1.test\n\n");
      assertThat(streams.registered).hasValue(1);
    }
    await().until(() -> streams.closed.get() == 1);
  }

  @Test
  void shouldEndAClientThatKeepsTalking() throws IOException {
    try (RawClient client = get("/events?streams=7")) {
      readConnected(client);
      String talk = "x".repeat(8 * 1024);
      try {
        for (int i = 0; i < 64; i++) {
          client.send(talk);
        }
      } catch (IOException cutOff) {
        // the server may have closed meanwhile
      }
      await().until(() -> streams.closed.get() == 1);
    }
  }

  @Test
  void shouldCloseStreamsWhenTheApplicationIsUndeployed() throws Exception {
    try (RawClient client = get("/events?streams=7")) {
      readConnected(client);
      streams.close();
      tomcat.undeploy();
      assertThat(client.rest()).endsWith("{\"reason\":\"shutdown\"}\nid: 0.test\n\n");
    }
  }

  /** Its queue may be bounded. */
  @Test
  void shouldCloseTheSocketsOfSubscribersThoughNoThreadIsFree() throws Exception {
    try (RawClient client = get("/events?streams=7")) {
      readConnected(client);
      await().until(threads::areIdle);
      threads.refuse(true);
      streams.close();
      assertThat(client.rest()).endsWith("{\"reason\":\"shutdown\"}\nid: 0.test\n\n");
      awaitConnections(0);
    }
  }

  @Test
  void shouldHoldNoMoreThanTheConnectorNeeds() throws Exception {
    try (RawClient client = get("/events?streams=7")) {
      readConnected(client);
      SocketBufferHandler buffers =
          ((NioChannel) tomcat.onlyConnection().getSocket()).getBufHandler();
      // the event stream flows before Tomcat has finished the request, and releases the buffers
      // only then
      await()
          .untilAsserted(
              () -> {
                assertThat(buffers.getReadBuffer().capacity()).isEqualTo(bufferBytes());
                assertThat(buffers.getWriteBuffer().capacity()).isEqualTo(bufferBytes());
              });
    }
  }

  /** The connector's buffer is for whole answers. Java reports half of what Linux uses. */
  @Test
  void shouldLetTheKernelHoldLessOfAnEventStream() throws Exception {
    try (RawClient client = get("/events?streams=7")) {
      readConnected(client);
      NioChannel socket = (NioChannel) tomcat.onlyConnection().getSocket();
      // the event stream flows before Tomcat has finished the request, and only then is it narrowed
      await()
          .untilAsserted(
              () ->
                  assertThat(socket.getIOChannel().getOption(StandardSocketOptions.SO_SNDBUF))
                      .isEqualTo(32_768));
    }
  }
}
