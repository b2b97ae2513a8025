package io.flowfi.container.tomcat;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.output.LongAnswer;
import io.flowfi.output.OnePiece;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.net.NioChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** In how many pieces an answer leaves, on a real Tomcat whose buffers are small. */
@Timeout(60)
class AnswerBufferTest {
  private static final int OWN_BYTES = 2048;
  private static final int BODY_BYTES = 30_000;

  /** What Tomcat keeps of an answer before the socket's buffer. */
  private static final int ANSWER_BYTES = 8 * 1024;

  private static final String BODY = "figures\n".repeat(BODY_BYTES / 8);

  private final Tomcat tomcat = new Tomcat();
  private final Connector connector = new Connector();

  /** Of each request, once its body is written: {@code waiting of capacity}. */
  private final List<String> seen = new CopyOnWriteArrayList<>();

  @TempDir private Path base;

  @BeforeEach
  void start() throws Exception {
    connector.setProperty("socket.txBufSize", Integer.toString(LongAnswer.BEGINS_AT));
    connector.setProperty("socket.appWriteBufSize", Integer.toString(OWN_BYTES));
    FilteredTomcat.start(tomcat, connector, base, new Writes());
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  @Test
  void shouldKeepAWholeAnswerUntilItsEndAndThenOnlyTheSmallBuffer() throws Exception {
    String answers = answers("/small", "/piece", "/small");
    assertThat(answers.split("figures\n", -1)).as("all of it").hasSize(3 * BODY_BYTES / 8 + 1);
    assertThat(seen.get(0)).as("an answer that did not ask").endsWith(" of " + OWN_BYTES);
    assertThat(waiting(seen.get(1)))
        .as("nothing has left, but for what is in Tomcat's buffer of the answer")
        .isGreaterThan(BODY_BYTES - ANSWER_BYTES);
    assertThat(seen.get(2)).as("an idle connection keeps no large one").endsWith("of " + OWN_BYTES);
  }

  /** One that does not fit leaves in large pieces; the memory it takes has a bound. */
  @Test
  void shouldBoundTheBuffer() throws Exception {
    String answers = answers("/long", "/small");
    assertThat(answers.split("figures\n", -1)).hasSize(11 * BODY_BYTES / 8 + 1);
    assertThat(seen.get(0)).endsWith(" of " + (AnswerBuffer.MOST_BYTES + 2048));
    assertThat(seen.get(1)).endsWith(" of " + OWN_BYTES);
  }

  /** Otherwise the client would get the beginning of an answer that says it has gone well. */
  @Test
  void shouldSendNothingOfAnAnswerThatFails() throws Exception {
    assertThat(answers("/fails")).startsWith("HTTP/1.1 500");
  }

  /** Of requests on one connection, with all heads. */
  private String answers(String... paths) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", connector.getLocalPort())) {
      socket.setSoTimeout(10_000);
      for (String path : paths) {
        socket
            .getOutputStream()
            .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(US_ASCII));
      }
      socket
          .getOutputStream()
          .write("GET /end HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }

  private static int waiting(String seen) {
    return Integer.parseInt(seen.substring(0, seen.indexOf(' ')));
  }

  private final class Writes extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      String path = request.getRequestURI();
      if (path.equals("/end")) {
        return;
      }
      byte[] body = (path.equals("/long") ? BODY.repeat(10) : BODY).getBytes(US_ASCII);
      if (!path.equals("/small")) {
        OnePiece.begin(request, body.length);
      }
      if (path.equals("/fails")) {
        throw new IOException("of the disk, for instance");
      }
      response.setContentLength(body.length);
      response.getOutputStream().write(body);
      NioChannel socket = (NioChannel) RequestSocket.of(request).getSocket();
      ByteBuffer buffer = socket.getBufHandler().getWriteBuffer();
      seen.add(buffer.position() + " of " + buffer.capacity());
    }
  }
}
