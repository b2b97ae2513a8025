package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.sse.RawClient;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Context;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
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

    @POST
    public CompletionStage<Response> command() {
      CompletableFuture<Response> answer = new CompletableFuture<>();
      waiting.add(answer);
      return answer;
    }
  }

  @BeforeEach
  void start() throws Exception {
    tomcat.setBaseDir(base.toString());
    connector.setPort(0);
    connector.setProperty("address", "127.0.0.1");
    connector.addUpgradeProtocol(new Http2Protocol());
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

  private void answerNext() throws InterruptedException {
    CompletableFuture<Response> answer = commands.waiting.poll(20, TimeUnit.SECONDS);
    assertThat(answer).isNotNull();
    ledger.execute(
        () -> answer.complete(Response.ok(ANSWER.getBytes(StandardCharsets.UTF_8)).build()));
  }

  private Socket withoutWindow() throws IOException {
    Socket socket = new Socket("127.0.0.1", connector.getLocalPort());
    OutputStream out = socket.getOutputStream();
    out.write(PREFACE);
    out.write(NO_WINDOW);
    out.write(POST);
    return socket;
  }

  @Test
  void shouldNotKeepOthersWaitingForAClientWhoseWindowIsClosed() throws Exception {
    try (Socket stalled = withoutWindow();
        Socket another = withoutWindow()) {
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
}
