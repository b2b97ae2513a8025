package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.sse.RawClient;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.IntrospectionUtils;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A few threads of the ledger answer commands. They pass the answer to the container and must not
 * write it: a client that takes nothing would block them for all others. Jersey hands over answers
 * that are shorter than its buffer, and every answer to a command is.
 */
@Timeout(60)
class StalledAnswersTest {
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** SETTINGS: the initial window of a stream is 0 bytes. */
  private static final byte[] NO_WINDOW = {0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0};

  private static final int THREADS = 4;

  /** The same with GET. */
  private static final byte[] GET = {
    0, 0, 6, 1, 5, 0, 0, 0, 1, (byte) 0x82, (byte) 0x86, (byte) 0x84, 1, 1, 'a'
  };

  /** HEADERS on stream 1, its last frame: POST http / with the authority "a". */
  private static final byte[] POST = {
    0, 0, 6, 1, 5, 0, 0, 0, 1, (byte) 0x83, (byte) 0x86, (byte) 0x84, 1, 1, 'a'
  };

  /** As long as an answer to a command may be. */
  private static final String ANSWER = "x".repeat(8000);

  private final Tomcat tomcat = new Tomcat();
  private final Connector connector = new Connector();
  private final Commands commands = new Commands();
  private final ExecutorService ledger = Executors.newSingleThreadExecutor();
  @TempDir private java.nio.file.Path base;

  /** Leaves the answers to the test. */
  @Path("/")
  public static final class Commands {
    private final BlockingQueue<CompletableFuture<Response>> waiting = new LinkedBlockingQueue<>();
    private final CountDownLatch reads = new CountDownLatch(THREADS);

    @POST
    public CompletionStage<Response> command() {
      CompletableFuture<Response> answer = new CompletableFuture<>();
      waiting.add(answer);
      return answer;
    }

    /** The container's thread writes this one. */
    @GET
    public String read() {
      reads.countDown();
      return ANSWER;
    }
  }

  @BeforeEach
  void start() throws Exception {
    tomcat.setBaseDir(base.toString());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.setProperty("maxThreads", String.valueOf(THREADS));
    connector.addUpgradeProtocol(asShipped());
    tomcat.setConnector(connector);
    Context context = tomcat.addContext("", base.toString());
    ServletContainer jersey = new ServletContainer(new ResourceConfig().register(commands));
    Tomcat.addServlet(context, "jersey", jersey).setAsyncSupported(true);
    context.addServletMappingDecoded("/*", "jersey");
    tomcat.start();
  }

  @AfterEach
  void stop() throws Exception {
    ledger.shutdownNow();
    tomcat.stop();
    tomcat.destroy();
  }

  /** As {@code server.xml} has it for those who switch it on. */
  private static Http2Protocol asShipped() throws IOException {
    String file = Files.readString(java.nio.file.Path.of("tomcat-conf/server.xml"));
    Matcher element = Pattern.compile("<UpgradeProtocol ([^>]*)/>").matcher(file);
    assertThat(element.find()).isTrue();
    Http2Protocol protocol = new Http2Protocol();
    Matcher attribute = Pattern.compile("(\\w+)=\"(\\d+)\"").matcher(element.group(1));
    while (attribute.find()) {
      assertThat(IntrospectionUtils.setProperty(protocol, attribute.group(1), attribute.group(2)))
          .as(attribute.group())
          .isTrue();
    }
    return protocol;
  }

  private void answerNext() throws InterruptedException {
    CompletableFuture<Response> answer = commands.waiting.poll(20, TimeUnit.SECONDS);
    assertThat(answer).isNotNull();
    ledger.execute(
        () -> answer.complete(Response.ok(ANSWER.getBytes(StandardCharsets.UTF_8)).build()));
  }

  private Socket withoutWindow(byte[] request) throws IOException {
    Socket socket = new Socket("127.0.0.1", connector.getLocalPort());
    OutputStream out = socket.getOutputStream();
    out.write(PREFACE);
    out.write(NO_WINDOW);
    out.write(request);
    return socket;
  }

  @Test
  void shouldNotKeepOthersWaitingForAClientWhoseWindowIsClosed() throws Exception {
    try (Socket stalled = withoutWindow(POST);
        Socket another = withoutWindow(POST)) {
      answerNext();
      answerNext();
      try (RawClient client = RawClient.connect(connector.getLocalPort(), 0)) {
        client.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        answerNext();
        client.readHead();
        assertThat(client.status()).isEqualTo(200);
        assertThat(client.body(ANSWER.length())).isEqualTo(ANSWER);
      }
      assertThat(stalled.isConnected()).isTrue();
      assertThat(another.isConnected()).isTrue();
    }
  }

  /** As long as for a client that takes nothing of an answer over HTTP/1.1. */
  @Test
  void shouldGetBackTheThreadsThatAnswerClientsWhoseWindowIsClosed() throws Exception {
    List<Socket> stalled = new ArrayList<>();
    try {
      for (int i = 0; i < THREADS; i++) {
        stalled.add(withoutWindow(GET));
      }
      assertThat(commands.reads.await(20, TimeUnit.SECONDS)).isTrue();
      long began = System.nanoTime();
      try (Socket socket = new Socket("127.0.0.1", connector.getLocalPort());
          RawClient client = new RawClient(socket)) {
        socket.setSoTimeout(40_000);
        client.request("GET", "/");
        client.readHead();
        assertThat(client.status()).isEqualTo(200);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(15));
    } finally {
      for (Socket socket : stalled) {
        socket.close();
      }
    }
  }
}
