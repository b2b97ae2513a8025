package io.flowfi.frames;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.fanout.CloseReason;
import io.flowfi.fanout.FanOutSettings;
import io.flowfi.log.LogIdentity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Words of one pump for all its connections; {@code FanOutTest} has when they are said. */
class ControlFramesTest {
  private static final Pattern RETRY = Pattern.compile("retry: (\\d+)\n.*", Pattern.DOTALL);

  private final ControlFrames frames =
      new ControlFrames(FanOutSettings.defaults(), new LogIdentity("k3f9"));

  private String heartbeat(long head, long through) {
    return new String(frames.heartbeat(head, through), StandardCharsets.UTF_8);
  }

  /** An id of another connection would make a client skip what it has not got. */
  @Test
  void shouldGiveEachConnectionItsOwnPositionInAHeartbeat() {
    assertThat(heartbeat(10, 10))
        .isEqualTo("event: heartbeat\ndata: {\"head\":10}\nid: 10.k3f9\n\n");
    assertThat(heartbeat(10, 7)).endsWith("{\"head\":10}\nid: 7.k3f9\n\n");
    assertThat(heartbeat(11, 7)).endsWith("{\"head\":11}\nid: 7.k3f9\n\n");
    assertThat(heartbeat(11, 11)).endsWith("{\"head\":11}\nid: 11.k3f9\n\n");
    assertThat(frames.heartbeat(11, 11)).isSameAs(frames.heartbeat(11, 11));
  }

  /**
   * Clients of a stop come back when the port is bound again, and at once if other nodes take them;
   * never all together.
   */
  @ParameterizedTest
  @CsvSource({
    "SHUTDOWN, 3, 8000, 10000",
    "SHUTDOWN, 30, 30000, 32000",
    "SHUTDOWN, 0, 250, 500",
    "ROTATION, 0, 4000, 6000",
    "SLOW_CLIENT, 30, 4000, 6000"
  })
  void shouldSendClientsAwayForAWhileThatDiffers(
      CloseReason reason, long refusing, long least, long most) {
    Set<Long> retries = new HashSet<>();
    for (int client = 0; client < 100; client++) {
      byte[] word = frames.reconnect(reason, Duration.ofSeconds(refusing), 5);
      Matcher retry = RETRY.matcher(new String(word, StandardCharsets.UTF_8));
      assertThat(retry.matches()).isTrue();
      retries.add(Long.parseLong(retry.group(1)));
    }
    assertThat(retries)
        .allMatch(millis -> millis >= least && millis <= most)
        .hasSizeGreaterThan(20);
  }
}
