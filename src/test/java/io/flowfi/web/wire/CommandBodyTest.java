package io.flowfi.web.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CommandBodyTest {
  private static ProblemException refusal(String json) throws IOException {
    CommandBody body =
        CommandBody.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
    return catchThrowableOfType(ProblemException.class, () -> body.build(() -> "a command"));
  }

  private static String fields(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "\"f" + i + "\":0")
        .collect(Collectors.joining(",", "{", "}"));
  }

  @Test
  void shouldNameAllErrorsAsLongAsTheyAreNotVeryMany() throws IOException {
    Problem problem = refusal(fields(50)).problem();
    assertThat(problem.errors()).hasSize(50);
    assertThat(problem.detail()).isEqualTo("50 parts of the request are not valid");
  }

  /** Each costs the sender seven bytes, and us a sentence. */
  @Test
  void shouldListTheFirstOfVeryManyErrors() throws IOException {
    Problem problem = refusal(fields(2000)).problem();
    assertThat(problem.errors()).hasSize(50).extracting(FieldError::field).contains("f0", "f49");
    assertThat(problem.detail())
        .isEqualTo("2000 parts of the request are not valid; the first 50 are listed");
  }
}
