package io.flowfi.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Payara Micro with the same packaged WAR at {@code /}: proof that it is not bound to Tomcat. It
 * is started as the unit of the documentation starts it, with other folders, another port and less
 * memory.
 */
public final class PayaraServer extends ProcessServer {
  private PayaraServer(ServerProcess process, Path dataFolder) {
    super(process, dataFolder);
  }

  /**
   * Starts a server and returns when it is ready; {@code environment} as in {@link
   * TomcatServer#start(Map)}.
   */
  public static PayaraServer start(Map<String, String> environment) {
    return start(environment, "/");
  }

  /** Starts a server with the application at another path: {@code /} is Payara's own. */
  static PayaraServer start(Map<String, String> environment, String contextRoot) {
    PayaraServer server =
        prepare(environment, contextRoot, Path.of(ServerProcess.setting("flowfi.war")));
    server.restart();
    return server;
  }

  /** Starts a server whose application is not meant to become ready, and does not wait for it. */
  static PayaraServer launch(Map<String, String> environment, String contextRoot, Path war) {
    PayaraServer server = prepare(environment, contextRoot, war);
    server.launch();
    return server;
  }

  /** Another Payara Micro, on another JDK; likewise. */
  static PayaraServer launch(
      Map<String, String> environment, String contextRoot, Path war, Path payara, Jdk jdk) {
    PayaraServer server = prepare(environment, contextRoot, war, payara, jdk);
    server.launch();
    return server;
  }

  private static PayaraServer prepare(
      Map<String, String> environment, String contextRoot, Path war) {
    Path payara = Path.of(ServerProcess.setting("flowfi.payara.jar"));
    return prepare(environment, contextRoot, war, payara, Jdk.running());
  }

  private static PayaraServer prepare(
      Map<String, String> environment, String contextRoot, Path war, Path payara, Jdk jdk) {
    Path folder = ServerProcess.newFolder("payara");
    int port = ServerProcess.freePort();
    Map<String, String> all = new HashMap<>();
    all.put("FLOWFI_DATA_DIR", folder.resolve("data").toString());
    all.put("PORT", Integer.toString(port));
    all.put("RATE_LIMIT", "off");
    all.putAll(environment);
    Map<String, String> here = new HashMap<>();
    here.put("/usr/lib/jvm/default-java/bin/java", jdk.program("java"));
    here.put("-Xmx1g", "-Xmx512m");
    here.put("/opt/payara/payara-micro.jar", payara.toString());
    here.put("/var/cache/flowfi/payara", folder.resolve("root").toString());
    here.put("/opt/payara/flowfi.war", war.toString());
    here.put("/", contextRoot);
    here.put("/opt/payara/preboot.txt", documented("preboot.txt").toString());
    here.put("3001", Integer.toString(port));
    List<String> command = new ArrayList<>();
    for (String word : documentedStart()) {
      String ours = here.remove(word);
      command.add(ours == null ? word : ours);
    }
    if (!here.isEmpty()) {
      throw new IllegalStateException("the unit of Payara does not have " + here.keySet());
    }
    command.add(1, ServerProcess.SHORT_LIVED);
    ServerProcess process = ServerProcess.of(port, folder, command, all, Duration.ofSeconds(180));
    return new PayaraServer(process, Path.of(all.get("FLOWFI_DATA_DIR")));
  }

  private static Path documented(String file) {
    return Path.of(ServerProcess.setting("flowfi.basedir"), "docs/deploy/payara", file);
  }

  /** How the documented unit starts it. */
  private static List<String> documentedStart() {
    try {
      return Files.readAllLines(documented("flowfi-payara.service")).stream()
          .filter(line -> line.startsWith("ExecStart="))
          .map(line -> List.of(line.substring("ExecStart=".length()).split(" ")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Not killed: it logs on a thread of its own, and the reason for a failure would be lost. */
  @Override
  public void close() {
    if (isAlive()) {
      stop();
    }
  }
}
