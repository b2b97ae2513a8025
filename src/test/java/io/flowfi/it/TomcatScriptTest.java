package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The output of {@code tomcat.sh}, with a server instead of Tomcat that is ready at once. */
@Timeout(60)
class TomcatScriptTest {
  @TempDir private Path folder;
  private Process script;
  private int port;

  @AfterEach
  void end() throws InterruptedException {
    if (script != null) {
      script.descendants().forEach(ProcessHandle::destroy);
      script.destroyForcibly().waitFor();
    }
  }

  @Test
  void shouldNameAnAddressOfIPv6InBrackets() throws Exception {
    InetAddress loopback = InetAddress.getByName("::1");
    Assumptions.assumeTrue(isHere(loopback), "this machine has no IPv6");
    assertThat(announced("::1", loopback)).startsWith("http://[::1]:");
  }

  @Test
  void shouldNameTheAddressItListensOn() throws Exception {
    assertThat(announced("127.0.0.1", InetAddress.getByName("127.0.0.1")))
        .startsWith("http://localhost:");
    end();
    assertThat(announced("127.0.0.12", InetAddress.getByName("127.0.0.12")))
        .startsWith("http://127.0.0.12:");
    end();
    assertThat(announced("0.0.0.0", InetAddress.getByName("127.0.0.1")))
        .startsWith("http://localhost:");
  }

  /** Also under {@code nohup}, where SIGHUP is ignored. */
  @ParameterizedTest
  @ValueSource(strings = {"bash", "nohup bash"})
  void shouldEndAServerWhoseApplicationHasRefusedToStart(String shell) throws Exception {
    Path log = start(shell, "127.0.0.1");
    HttpServer server = serve(InetAddress.getByName("127.0.0.1"), 404);
    try {
      assertThat(script.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(script.exitValue()).isNotZero();
      assertThat(log).content().contains("did not start");
    } finally {
      server.stop(0);
    }
  }

  /** Only the server and whoever signs the tokens know it. */
  @Test
  void shouldSecureEachRunWithASecretOfItsOwnThatIsNotShown() throws Exception {
    Set<String> secrets = new HashSet<>();
    for (int run = 0; run < 2; run++) {
      Path log = start("bash", "127.0.0.1", Map.of("FLOWFI_SECURED", "true"));
      String secret = Files.readString(log.resolveSibling("signs"));
      assertThat(Base64.getDecoder().decode(secret)).hasSize(32);
      assertThat(log.resolveSibling("serves")).hasContent(secret);
      assertThat(log).content().doesNotContain(secret);
      secrets.add(secret);
      end();
    }
    assertThat(secrets).hasSize(2);
    Path log =
        start("bash", "127.0.0.1", Map.of("FLOWFI_SECURED", "true", "JWT_SECRET", "a given one"));
    assertThat(log.resolveSibling("signs")).hasContent("a given one");
    assertThat(log.resolveSibling("serves")).hasContent("a given one");
    end();
    assertThat(start("bash", "127.0.0.1").resolveSibling("serves")).isEmptyFile();
  }

  private static boolean isHere(InetAddress address) {
    try {
      HttpServer.create(new InetSocketAddress(address, 0), 0).stop(0);
      return true;
    } catch (IOException noSuchAddress) {
      return false;
    }
  }

  /** The first address it prints for a server that listens on a certain address. */
  private String announced(String bind, InetAddress address) throws IOException {
    Path log = start("bash", bind);
    HttpServer server = serve(address, 200);
    try {
      String startPage = "start page";
      await().until(() -> Files.readString(log).contains("event stream"));
      String text = Files.readString(log);
      String rest = text.substring(text.indexOf(startPage) + startPage.length()).strip();
      String url = rest.lines().findFirst().orElseThrow();
      assertThat(url).endsWith(":" + port + "/");
      return url;
    } finally {
      server.stop(0);
    }
  }

  /** Runs the script until it has checked for a running server; returns its output. */
  private Path start(String shell, String bind) throws IOException {
    return start(shell, bind, Map.of());
  }

  private Path start(String shell, String bind, Map<String, String> more) throws IOException {
    port = ServerProcess.freePort();
    Path home = Files.createTempDirectory(folder, "home");
    Path log = home.resolve("console.log");
    Files.createDirectories(home.resolve("conf"));
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("conf/catalina.properties"), "");
    Files.writeString(
        home.resolve("bin/catalina.sh"),
        "printf %s \"${JWT_SECRET:-}\" >\"$CATALINA_HOME/serves\"\necho it runs\nexec sleep 60\n");
    Path java = home.resolve("bin/java");
    Files.writeString(
        java,
        "#!/bin/sh\nprintf %s \"$JWT_SECRET\" >\"$CATALINA_HOME/signs\"\necho admin GA a-token\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(home.resolve("flowfi.war"), "");
    List<String> command = new ArrayList<>(List.of(shell.split(" ")));
    command.add("src/main/scripts/tomcat.sh");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder
        .environment()
        .putAll(
            Map.of(
                "CATALINA_HOME", home.toString(),
                "CATALINA_BASE", home.resolve("base").toString(),
                "FLOWFI_CONF", "tomcat-conf",
                "FLOWFI_WAR", home.resolve("flowfi.war").toString(),
                "FLOWFI_BIND", bind,
                "PORT", Integer.toString(port),
                "JAVA_HOME", home.toString(),
                "FLOWFI_CLASSES", "none"));
    builder.environment().putAll(more);
    script = builder.start();
    await().until(() -> Files.readString(log).contains("it runs"));
    return log;
  }

  private HttpServer serve(InetAddress address, int readiness) throws IOException {
    HttpServer server = HttpServer.create(new InetSocketAddress(address, port), 0);
    server.createContext(
        "/health/ready",
        exchange -> {
          exchange.sendResponseHeaders(readiness, -1);
          exchange.close();
        });
    server.start();
    return server;
  }
}
