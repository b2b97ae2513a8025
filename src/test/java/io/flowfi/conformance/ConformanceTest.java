package io.flowfi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The kit as a program: a build believes its exit status and its report. */
@Timeout(120)
class ConformanceTest {
  @TempDir Path folder;

  /** How a run ended. */
  private record Run(int status, String said) {}

  private Path report() {
    return folder.resolve("report.xml");
  }

  /** Runs it in a process of its own, with the token of the practice server. */
  private Run run(String... settings) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "-Dconformance.report=" + report()));
    for (String setting : settings) {
      command.add("-Dconformance." + setting);
    }
    command.add(Conformance.class.getName());
    Path said = folder.resolve("said.txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CONFORMANCE_TOKEN", PracticeServer.ADMIN);
    Process process = builder.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), Files.readString(said));
  }

  private int testCases(String verdict) throws IOException {
    return ReportTest.read(report()).getElementsByTagName(verdict).getLength();
  }

  @Test
  void shouldSucceedIfEveryCheckPasses() throws Exception {
    try (PracticeServer server = new PracticeServer(Fault.NONE)) {
      Run run = run("url=" + server.uri(), "checks=head,reset.future");
      assertThat(run.status()).as(run.said()).isZero();
      assertThat(run.said()).contains("pass  head.media-type", "7 checks passed, 0 failed");
      assertThat(testCases("testcase")).isEqualTo(7);
      assertThat(testCases("failure")).isZero();
    }
  }

  @Test
  void shouldFailIfOneCheckFails() throws Exception {
    try (PracticeServer server = new PracticeServer(Fault.CACHEABLE)) {
      Run run = run("url=" + server.uri(), "checks=head");
      assertThat(run.status()).as(run.said()).isEqualTo(1);
      assertThat(run.said())
          .contains("FAIL  head.not-cached", "seen: no-store", "5 checks passed, 1 failed");
      assertThat(testCases("failure")).isEqualTo(1);
    }
  }

  @Test
  void shouldSkipWhatNeedsALimitThatItDoesNotReach() throws Exception {
    try (PracticeServer server = new PracticeServer(Fault.NONE)) {
      Run run = run("url=" + server.uri(), "checks=limits.connections", "limit=3");
      assertThat(run.status()).as(run.said()).isZero();
      assertThat(run.said())
          .contains(
              "n/a   limits.connections-freed",
              "seen: the limit is not reached with 3 event streams of one client",
              "0 checks passed, 0 failed, 5 not applicable");
      run = run("url=" + server.uri(), "checks=limits.connections", "limit=0");
      assertThat(run.status()).as(run.said()).isZero();
      assertThat(run.said()).contains("seen: -Dlimit=0", "5 not applicable");
      assertThat(testCases("skipped")).isEqualTo(5);
    }
  }

  /** Otherwise a misspelled setting would look like a server that keeps the contract. */
  @Test
  void shouldFailIfItChecksNothing() throws Exception {
    try (PracticeServer server = new PracticeServer(Fault.NONE)) {
      String url = "url=" + server.uri();
      for (String[] settings :
          new String[][] {
            {url, "checks=haed"},
            {url, "patience=0"},
            {url, "load=many"},
            {url, "limit=2001"},
            {"url=localhost:3001"},
            {"url=http://127.0.0.1:" + unusedPort() + "/"},
            {}
          }) {
        Run run = run(settings);
        assertThat(run.status()).as(run.said()).isEqualTo(2);
        assertThat(run.said()).isNotBlank().doesNotContain("Exception");
        assertThat(report()).doesNotExist();
      }
    }
  }

  private static int unusedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
