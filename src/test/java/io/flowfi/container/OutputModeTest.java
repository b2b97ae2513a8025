package io.flowfi.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.sse.EmbeddedTomcat;
import io.flowfi.sse.EventStreams;
import io.flowfi.sse.RawClient;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.coyote.http2.Http2Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OutputModeTest {
  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void shouldFallBackToTheServletApiOverHttp2() throws Exception {
    try (EventStreams streams = new EventStreams()) {
      EmbeddedTomcat tomcat =
          new EmbeddedTomcat(
              streams,
              OutputMode.AUTO,
              connector -> connector.addUpgradeProtocol(new Http2Protocol()));
      try {
        HttpResponse<InputStream> response = getOverHttp2(tomcat.port());
        assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(response.statusCode()).isEqualTo(200);
        try (BufferedReader body =
            new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
          assertThat(body.readLine()).startsWith("retry: ");
          streams.publish(7, "{}");
          assertThat(body.lines().limit(7).toList())
              .contains("id: 1.test", "event: stream.withdrawn", "data: {}");
        }
      } finally {
        tomcat.stop();
      }
    }
  }

  /** Some proxies send every GET in chunks. */
  @ParameterizedTest
  @EnumSource(OutputMode.class)
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void shouldStreamToARequestWhoseBodyCameLate(OutputMode mode) throws Exception {
    try (EventStreams streams = new EventStreams()) {
      EmbeddedTomcat tomcat = new EmbeddedTomcat(streams, mode, connector -> {});
      try (RawClient client =
          RawClient.exchange(
              tomcat.port(),
              "GET /events?streams=7 HTTP/1.1\r\nHost: localhost\r\n"
                  + EmbeddedTomcat.LATE_BODY
                  + ": true\r\n\r\n")) {
        assertThat(client.status()).isEqualTo(200);
        client.frame();
        streams.publish(7, "{}");
        assertThat(client.frame()).contains("event: stream.withdrawn");
      } finally {
        tomcat.stop();
      }
    }
  }

  @Test
  @Timeout(value = 30, unit = TimeUnit.SECONDS)
  void shouldRefuseHttp2WhereOnlyDetachingIsWanted() throws Exception {
    try (EventStreams streams = new EventStreams()) {
      EmbeddedTomcat tomcat =
          new EmbeddedTomcat(
              streams,
              OutputMode.DETACHED,
              connector -> connector.addUpgradeProtocol(new Http2Protocol()));
      try {
        assertThat(getOverHttp2(tomcat.port()).statusCode()).isEqualTo(505);
        assertThat(streams.registered).hasValue(0);
      } finally {
        tomcat.stop();
      }
    }
  }

  /**
   * The first request of this client goes over HTTP/1.1 and asks for the upgrade; the next one is
   * HTTP/2 from the start.
   */
  private static HttpResponse<InputStream> getOverHttp2(int port) throws Exception {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_2)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    URI elsewhere = URI.create("http://127.0.0.1:" + port + "/elsewhere");
    client.send(HttpRequest.newBuilder(elsewhere).build(), BodyHandlers.discarding());
    URI events = URI.create("http://127.0.0.1:" + port + "/events?streams=7");
    return client.send(HttpRequest.newBuilder(events).build(), BodyHandlers.ofInputStream());
  }
}
