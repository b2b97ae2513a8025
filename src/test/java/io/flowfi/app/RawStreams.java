package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Event streams over plain sockets, read line by line; all that are open are closed together. */
final class RawStreams implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Socket> sockets = new ArrayList<>();

  /**
   * Sends the request.
   *
   * @param headers lines of the head, each with its end
   * @return the answer; to close it closes the connection
   */
  BufferedReader open(ApiServer server, String path, String... headers) throws IOException {
    Socket socket =
        server.raw(
            "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + String.join("", headers) + "\r\n");
    sockets.add(socket);
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  /** The next line with this part. */
  static String until(BufferedReader in, String part) throws IOException {
    String line = in.readLine();
    while (line != null && !line.contains(part)) {
      line = in.readLine();
    }
    assertThat(line).as("the stream goes on to " + part).isNotNull();
    return line;
  }

  /** Reads the greeting. */
  static String clientOf(BufferedReader in) throws IOException {
    return JSON.readTree(until(in, "\"clientId\"").substring("data: ".length()))
        .path("clientId")
        .asText();
  }

  @Override
  public void close() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
