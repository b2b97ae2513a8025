package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.simulator.HostileXdr;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What no memory could hold is told to a node that has little: 256 MB, as on a small server. */
@Timeout(240)
class HostileChainTest {
  @TempDir Path directory;

  @Test
  void shouldNeedLittleMemoryWhateverTheChainSays() throws Exception {
    Path output = directory.resolve("output");
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                HostileChain.class.getName(),
                directory.resolve("log").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      boolean ended = jvm.waitFor(200, TimeUnit.SECONDS);
      String said = Files.readString(output, StandardCharsets.UTF_8);
      assertThat(ended).as(said).isTrue();
      assertThat(jvm.exitValue()).as(said).isZero();
      assertThat(said)
          .containsPattern("[0-9]{4,} values are none")
          .contains(HostileXdr.monsters().size() + " events were put aside");
    } finally {
      jvm.destroyForcibly();
    }
  }
}
