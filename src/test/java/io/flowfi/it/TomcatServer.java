package io.flowfi.it;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A Tomcat with our {@code tomcat-conf} and the packaged WAR, started by the script that plain
 * {@code mvn} uses.
 *
 * <pre>{@code
 * try (TomcatServer server = TomcatServer.start(Map.of("SSE_OUTPUT", "detached"))) { ... }
 * }</pre>
 */
public final class TomcatServer extends ProcessServer {

  private TomcatServer(ServerProcess process, Path dataFolder) {
    super(process, dataFolder);
  }

  /**
   * Starts a server and returns when it is ready.
   *
   * @param environment the application's variables (contract, section 5) on top of the defaults for
   *     tests: a free {@code PORT}, an empty {@code FLOWFI_DATA_DIR}, {@code RATE_LIMIT=off}, a
   *     small heap, where {@code {port}} in a value is that port, and a JVM that is quick to start;
   *     {@code CATALINA_OPTS=} for one that is quick when it is warm
   */
  public static TomcatServer start(Map<String, String> environment) {
    TomcatServer server = prepare(environment);
    server.restart();
    return server;
  }

  /**
   * The same, not started yet: for tests that expect the start to fail. Call {@link #restart()} to
   * start it.
   */
  public static TomcatServer prepare(Map<String, String> environment) {
    Path folder = ServerProcess.newFolder("tomcat");
    Path baseDir = Path.of(ServerProcess.setting("flowfi.basedir"));
    int port = ServerProcess.freePort();
    Map<String, String> all = new HashMap<>();
    all.put("CATALINA_HOME", ServerProcess.setting("flowfi.tomcat.home"));
    all.put("CATALINA_BASE", folder.resolve("base").toString());
    all.put("FLOWFI_CONF", baseDir.resolve("tomcat-conf").toString());
    all.put("FLOWFI_WAR", ServerProcess.setting("flowfi.war"));
    all.put("FLOWFI_DATA_DIR", folder.resolve("data").toString());
    all.put("FLOWFI_HEAP_MAX", "384m");
    all.put("CATALINA_OPTS", ServerProcess.SHORT_LIVED);
    all.put("PORT", Integer.toString(port));
    all.put("RATE_LIMIT", "off");
    environment.forEach((name, value) -> all.put(name, value.replace("{port}", port + "")));
    List<String> command =
        List.of("bash", baseDir.resolve("src/main/scripts/tomcat.sh").toString());
    ServerProcess process = ServerProcess.of(port, folder, command, all, Duration.ofSeconds(240));
    return new TomcatServer(process, Path.of(all.get("FLOWFI_DATA_DIR")));
  }
}
