package io.flowfi.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whether row 13 would find a command that was lost, doubled, or answered for another. */
@Timeout(60)
class CommandClientTest {
  private static final String CUT = "cut";

  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  private static String version(int version) {
    String body = "{\"stream\":{\"version\":" + version + "}}";
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private CommandClient run(Manner manner, String... answers) throws Exception {
    Queue<String> left = new ArrayDeque<>(List.of(answers));
    Thread answering = new Thread(() -> answer(left), "answers");
    answering.setDaemon(true);
    answering.start();
    CommandClient client =
        new CommandClient(server.getLocalPort(), "7", manner, new AtomicLong(answers.length));
    client.start();
    client.join();
    assertThat(client.sent()).isEqualTo(answers.length);
    return client;
  }

  /** One connection after the other; every command gets the next answer. */
  private void answer(Queue<String> left) {
    while (!left.isEmpty()) {
      try (Socket socket = server.accept();
          BufferedReader in =
              new BufferedReader(
                  new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
        OutputStream out = socket.getOutputStream();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          if (line.isEmpty()) {
            in.skip("{\"amount\":\"1\"}".length());
            String next = left.remove();
            if (next.equals(CUT)) {
              break;
            }
            out.write(next.getBytes(StandardCharsets.US_ASCII));
          }
        }
      } catch (IOException e) {
        // the client has closed it, or the test has ended
      }
    }
  }

  @Test
  void shouldCallAnswersCleanWhoseVersionsFollowEachOther() throws Exception {
    CommandClient client =
        run(Manner.NEW_CONNECTION, version(2), version(3), version(4), version(5));
    assertThat(client.clean()).isEqualTo(4);
    assertThat(client.firstTrouble()).isEmpty();
    assertThat(client.answerTimes().getTotalCount()).isEqualTo(4);
  }

  @Test
  void shouldFindACommandThatWasCarriedOutTwice() throws Exception {
    CommandClient client = run(Manner.NEW_CONNECTION, version(2), version(4), version(5));
    assertThat(client.clean()).isEqualTo(2);
    assertThat(client.firstTrouble()).isEqualTo("new connections: version 4 instead of 3");
  }

  @Test
  void shouldFindAnAnswerThatWasSomebodyElses() throws Exception {
    CommandClient client = run(Manner.NEW_CONNECTION, version(2), version(2), version(3));
    assertThat(client.clean()).isEqualTo(2);
    assertThat(client.firstTrouble()).isEqualTo("new connections: version 2 instead of 3");
  }

  @Test
  void shouldFindRefusedCommandsAndThoseWithoutAnAnswer() throws Exception {
    CommandClient client =
        run(
            Manner.NEW_CONNECTION,
            version(2),
            CUT,
            version(4), // whether the one before it was carried out is not known
            "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\n{}",
            version(5));
    assertThat(client.clean()).isEqualTo(3);
    assertThat(client.firstTrouble()).contains("closed the connection before it had answered");
  }
}
