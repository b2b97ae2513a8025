package io.flowfi.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A Payara Micro with the same packaged WAR at {@code /}: proof that it is not bound to Tomcat. */
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
    List<String> command =
        List.of(
            jdk.program("java"),
            "-Xmx512m",
            ServerProcess.SHORT_LIVED,
            "--enable-native-access=ALL-UNNAMED",
            "-jar",
            payara.toString(),
            "--rootDir",
            folder.resolve("root").toString(),
            "--deploy",
            war.toString(),
            "--contextRoot",
            contextRoot,
            "--prebootcommandfile",
            listenOnLoopback(folder).toString(),
            "--port",
            Integer.toString(port),
            "--nocluster",
            "--disablephonehome");
    ServerProcess process = ServerProcess.of(port, folder, command, all, Duration.ofSeconds(180));
    return new PayaraServer(process, Path.of(all.get("FLOWFI_DATA_DIR")));
  }

  // Payara Micro has no option for the address; its default is all of them.
  private static Path listenOnLoopback(Path folder) {
    try {
      return Files.writeString(
          folder.resolve("preboot.txt"),
          "set configs.config.server-config.network-config.network-listeners"
              + ".network-listener.http-listener.address=127.0.0.1\n");
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
