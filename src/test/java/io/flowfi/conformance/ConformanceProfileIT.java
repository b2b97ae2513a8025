package io.flowfi.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.flowfi.auth.TestTokens;
import io.flowfi.it.TestAddresses;
import io.flowfi.it.TomcatServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * {@code mvn -Pconformance verify -Durl=...}, as {@code docs/conformance.md} has it: its settings
 * reach the kit, and Maven fails where the kit does. Few checks: {@link ConformanceIT} makes all.
 */
@Timeout(240)
class ConformanceProfileIT {
  private static final Path BASE = Path.of(System.getProperty("flowfi.basedir"));
  private static final Path REPORT = BASE.resolve("target/conformance/TEST-conformance.xml");

  @TempDir Path folder;

  /** How Maven ended. */
  private record Run(int status, String said) {}

  @BeforeEach
  void removeTheReportOfAnEarlierRun() throws IOException {
    Files.deleteIfExists(REPORT);
  }

  private Run run(String... settings) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("flowfi.maven.home"), "bin", "mvn").toString());
    if (System.getProperty("flowfi.maven").equals("offline=true")) {
      command.add("-o");
    }
    command.addAll(List.of("-B", "-q", "-Pconformance", "verify"));
    command.addAll(List.of(settings));
    Path said = folder.resolve("said.txt");
    ProcessBuilder maven = new ProcessBuilder(command).directory(BASE.toFile());
    maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = maven.redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroyForcibly();
    }
    Run run = new Run(process.exitValue(), Files.readString(said));
    assumeFalse(
        run.status() != 0 && run.said().contains("could not be resolved"),
        "Maven cannot get the plugins of the profile: unchecked is that it runs the kit");
    return run;
  }

  private static List<String> named(String element) throws IOException {
    NodeList found = ReportTest.read(REPORT).getElementsByTagName("testcase");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      Element one = (Element) found.item(i);
      if (one.getElementsByTagName(element).getLength() > 0) {
        names.add(one.getAttribute("name"));
      }
    }
    return names;
  }

  @Test
  void shouldSucceedForAServerThatKeepsTheContract() throws Exception {
    String admin = TestAddresses.account(1);
    try (TomcatServer server =
        TomcatServer.start(Map.of("JWT_SECRET", TestTokens.SECRET, "ADMIN_PUBLIC_KEY", admin))) {
      Instant expires = Instant.now().plusSeconds(600);
      Run run =
          run(
              "-Durl=" + server.uri(),
              "-Dtoken=" + TestTokens.token(admin, expires),
              "-Dtoken.other=" + TestTokens.token(TestAddresses.account(2), expires),
              "-Dchecks=head.media-type,auth.other-filter,heartbeat.by-default,limits.connections",
              "-Dlimit=2",
              "-Dbrief=true");
      assertThat(run.status()).as(run.said()).isZero();
      assertThat(run.said())
          .contains(
              "pass  head.media-type",
              "pass  auth.other-filter",
              "n/a   heartbeat.by-default",
              "not reached with 2 event streams",
              server.uri() + ": 2 checks passed, 0 failed, 6 not applicable",
              "JUnit report: ");
      assertThat(named("system-out")).containsExactly("head.media-type", "auth.other-filter");
      assertThat(named("skipped"))
          .hasSize(6)
          .contains("heartbeat.by-default", "limits.connections-freed");
      assertThat(named("failure")).isEmpty();
    }
  }

  @Test
  void shouldFailForAServerThatBreaksARule() throws Exception {
    try (PracticeServer server = new PracticeServer(Fault.CACHEABLE)) {
      Run run = run("-Durl=" + server.uri(), "-Dtoken=" + PracticeServer.ADMIN, "-Dchecks=head");
      assertThat(run.status()).as(run.said()).isNotZero();
      assertThat(run.said()).contains("FAIL  head.not-cached", "5 checks passed, 1 failed");
      assertThat(named("failure")).containsExactly("head.not-cached");
    }
  }
}
