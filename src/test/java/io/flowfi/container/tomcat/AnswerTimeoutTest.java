package io.flowfi.container.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.output.LongAnswer;
import io.flowfi.sse.RawClient;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a thread waits for which answers, on a real Tomcat. */
@Timeout(60)
class AnswerTimeoutTest {
  private final Tomcat tomcat = new Tomcat();
  @TempDir private Path base;

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  /** A slow client must not be cut off because its answer does not fit into a small buffer. */
  @ParameterizedTest
  @CsvSource({"131072, 100", "1000000, 100", "131071, 7000", ", 7000"})
  void shouldBeShortOnlyWhereTheLargestAnswerFitsTheBuffer(String sendBytes, int millis)
      throws Exception {
    Connector connector = new Connector();
    connector.setProperty("connectionTimeout", "7000");
    if (sendBytes != null) {
      connector.setProperty("socket.txBufSize", sendBytes);
    }
    FilteredTomcat.start(tomcat, connector, base, new Tells());
    // on one connection: patience with one answer must not apply to the next
    String requests =
        "GET /short HTTP/1.1\r\nHost: a\r\n\r\n"
            + "GET /long HTTP/1.1\r\nHost: a\r\n\r\n"
            + "GET /short HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    try (RawClient client = RawClient.exchange(connector.getLocalPort(), requests)) {
      assertThat(client.rest())
          .containsSubsequence(
              "waits " + millis + " ms", "waits 7000 ms", "waits " + millis + " ms");
    }
  }

  private static final class Tells extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      if (request.getRequestURI().equals("/long")) {
        LongAnswer.begin(request);
      }
      response.getWriter().print("waits " + RequestSocket.of(request).getWriteTimeout() + " ms");
    }
  }
}
