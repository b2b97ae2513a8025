package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.logs.LoggedLines;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardingDoubtsTest {
  private final LoggedLines log = LoggedLines.of(ForwardingDoubts.class);
  private final ForwardingDoubts doubts = new ForwardingDoubts();

  @AfterEach
  void close() {
    log.close();
  }

  private void ending(String peer, String last) {
    doubts.ending(peer, Literals.address(last));
  }

  @Test
  void shouldWarnOnceOfEachPeerThatSendsNoHeader() {
    doubts.missing("10.0.0.1");
    doubts.missing("10.0.0.1");
    ending("10.0.0.1", "unknown");
    doubts.missing("10.0.0.2");
    assertThat(log.lines()).hasSize(2);
    assertThat(log.lines().get(0)).startsWith("WARNING A request came from 10.0.0.1,");
    assertThat(log.lines().get(1)).startsWith("WARNING A request came from 10.0.0.2,");
  }

  /** No proxy writes these as the address of its peer. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "unknown",
        "203.0.113",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255"
      })
  void shouldWarnOfAHeaderThatDoesNotEndWithTheAddressOfAPeer(String last) {
    ending("10.0.0.1", last);
    assertThat(log.lines())
        .singleElement()
        .asString()
        .startsWith("WARNING A request came from 10.0.0.1,")
        .contains("does not end with the address");
  }

  /** A client may have written it, and then it looks the same. */
  @ParameterizedTest
  @ValueSource(
      strings = {"203.0.113.9", "203.0.113.9:4711", "127.0.0.1", "10.0.0.1", "[2001:db8::1]:443"})
  void shouldNotDoubtAnAddressThatMayBeThatOfAPeer(String last) {
    ending("10.0.0.1", last);
    assertThat(log.lines()).isEmpty();
  }

  @Test
  void shouldNotFillTheLogForARangeOfPeers() {
    for (int peer = 0; peer < 1000; peer++) {
      doubts.missing("10.0." + peer / 256 + "." + peer % 256);
    }
    assertThat(log.lines()).hasSize(100);
  }
}
