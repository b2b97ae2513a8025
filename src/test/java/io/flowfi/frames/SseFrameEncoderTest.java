package io.flowfi.frames;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.glassfish.jersey.media.sse.OutboundEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SseFrameEncoderTest {
  private static String encode(OutboundEvent.Builder event) {
    return new String(SseFrameEncoder.encode(event.build()), StandardCharsets.UTF_8);
  }

  private static OutboundEvent.Builder event() {
    return new OutboundEvent.Builder();
  }

  @Test
  void shouldWriteIdThenNameThenData() {
    assertThat(encode(event().data("{\"streamId\":\"7\"}").name("stream.withdrawn").id("42")))
        .isEqualTo("event: stream.withdrawn\ndata: {\"streamId\":\"7\"}\nid: 42\n\n");
  }

  @Test
  void shouldWriteCommentAndRetry() {
    assertThat(encode(event().comment("heartbeat").reconnectDelay(1500).id("9")))
        .isEqualTo(": heartbeat\nretry: 1500\nid: 9\n\n");
  }

  @Test
  void shouldEncodeAsUtf8() {
    assertThat(SseFrameEncoder.encode(event().data("ü€𝄞").build()))
        .isEqualTo(
            new byte[] {
              'd',
              'a',
              't',
              'a',
              ':',
              ' ',
              (byte) 0xC3,
              (byte) 0xBC,
              (byte) 0xE2,
              (byte) 0x82,
              (byte) 0xAC,
              (byte) 0xF0,
              (byte) 0x9D,
              (byte) 0x84,
              (byte) 0x9E,
              '\n',
              '\n'
            });
  }

  @Test
  void shouldSplitDataAtEveryKindOfLineBreak() {
    assertThat(encode(event().data("a\nb\rc\r\nd")))
        .isEqualTo("data: a\ndata: b\ndata: c\ndata: d\n\n");
    assertThat(encode(event().data("\r\n\r\nid: 1"))).isEqualTo("data: \ndata: \ndata: id: 1\n\n");
    assertThat(encode(event().data("a\nb"))).isEqualTo("data: a\ndata: b\n\n");
    assertThat(encode(event().data("end\r"))).isEqualTo("data: end\ndata: \n\n");
    assertThat(encode(event().data(""))).isEqualTo("data: \n\n");
  }

  @ParameterizedTest
  @CsvSource({"'\r'", "'\n'", "'\r\n'", "'\n\n'"})
  void shouldKeepLineBreaksOutOfOneLineFields(String lineBreak) {
    String evil = "x" + lineBreak + "data: forged\0";
    String frame = encode(event().id(evil).name(evil).comment(evil).data("true"));
    List<String> lines = List.of(frame.split("[\r\n]"));
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).startsWith(": x ");
    assertThat(lines.get(1)).startsWith("event: x ");
    assertThat(lines.get(2)).isEqualTo("data: true");
    assertThat(lines.get(3)).startsWith("id: x ");
    assertThat(frame).doesNotContain("\0").endsWith("\n\n");
  }

  @Test
  void shouldRefuseDataThatIsNotText() {
    assertThatThrownBy(() -> encode(event().data(List.of("a"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be text");
    assertThat(encode(event().data(17L))).isEqualTo("data: 17\n\n");
    assertThat(encode(event().data('x'))).isEqualTo("data: x\n\n");
  }
}
