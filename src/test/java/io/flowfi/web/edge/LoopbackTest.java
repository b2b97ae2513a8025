package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoopbackTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST",
        "127.0.0.1",
        "127.255.255.254",
        "::1",
        "[::1]",
        "0:0:0:0:0:0:0:1",
        "[0:0:0:0:0:0:0:1]",
        "[0000::0001]",
        "0000:0000:0000:0000:0000:0000:0000:0001",
        "::0:1",
        "::1%lo",
        "::ffff:127.0.0.1",
        "::FFFF:7f00:1",
        "[0:0:0:0:0:ffff:7fff:fffe]",
        "::ffff:127.200.0.9"
      })
  void shouldKnowThisMachine(String host) {
    assertThat(Loopback.isHost(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "127.0.0.1.example.com",
        "127.0.0.1:80",
        "127.0.0.",
        "127.0.0.256",
        "127.0.0",
        "127.1",
        "127.*.*.*",
        "127.0.0.0/8",
        "127.0.0.1-2",
        "0x7f.0.0.1",
        "0177.0.0.1x",
        "2130706433",
        "[127.0.0.1]",
        "[::1",
        "::1]",
        "[::1]:80",
        "::2",
        "::1:1",
        "1::1",
        "::7f00:1",
        "::ffff:8000:1",
        "::fffe:127.0.0.1",
        "::",
        "0.0.0.0",
        "128.0.0.1",
        "localhost.",
        "localhost.example.com"
      })
  void shouldTakeNothingElseForIt(String host) {
    assertThat(Loopback.isHost(host)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://localhost", "https://127.0.0.1:3001", "http://[::1]:80", "http://[::1]"})
  void shouldKnowPagesOfThisMachine(String origin) {
    assertThat(Loopback.isOrigin(origin)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "http://", "http://a@localhost", "http://127.0.0.1.example.com:80"})
  void shouldKnowOtherPages(String origin) {
    assertThat(Loopback.isOrigin(origin)).isFalse();
  }
}
