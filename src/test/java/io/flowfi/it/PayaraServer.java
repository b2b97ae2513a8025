package io.flowfi.it;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;

/**
 * A Payara Micro with the same packaged WAR at {@code /}: proof that it is not bound to Tomcat. It
 * is started as the unit of the documentation starts it, with other folders, another port and less
 * memory.
 */
public final class PayaraServer extends ProcessServer {
  private final String contextRoot;
  private int commands;

  private PayaraServer(ServerProcess process, Path dataFolder, String contextRoot) {
    super(process, dataFolder);
    this.contextRoot = contextRoot;
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

  /**
   * A Payara Micro whose applications can be taken away while it runs; not waited for either. All
   * else is as documented.
   */
  static PayaraServer withConsole(String contextRoot, Path war, Path payara, Jdk jdk) {
    PayaraServer server = prepare(Map.of(), contextRoot, war, payara, jdk, true);
    server.launch();
    return server;
  }

  /** Takes every application away; returns when Payara has. Only {@link #withConsole}. */
  void undeploy() {
    command("undeploy");
  }

  /** Deploys a WAR where the first one was; returns when Payara has. Only {@link #withConsole}. */
  void deploy(Path war) {
    command("deploy " + contextRoot + " " + war);
  }

  private void command(String command) {
    say(command);
    commands++;
    await(command)
        .atMost(Duration.ofSeconds(120))
        .until(() -> log().split(Pattern.quote(PayaraConsole.DONE), -1).length > commands);
  }

  private static PayaraServer prepare(
      Map<String, String> environment, String contextRoot, Path war) {
    return prepare(environment, contextRoot, war, ofTheBuild(), Jdk.running());
  }

  /** The Payara Micro 6 of the build. */
  static Path ofTheBuild() {
    return Path.of(ServerProcess.setting("flowfi.payara.jar"));
  }

  private static PayaraServer prepare(
      Map<String, String> environment, String contextRoot, Path war, Path payara, Jdk jdk) {
    return prepare(environment, contextRoot, war, payara, jdk, false);
  }

  private static PayaraServer prepare(
      Map<String, String> environment,
      String contextRoot,
      Path war,
      Path payara,
      Jdk jdk,
      boolean console) {
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
    if (console) {
      startConsole(command, payara, folder.resolve("console"));
    }
    ServerProcess process = ServerProcess.of(port, folder, command, all, Duration.ofSeconds(180));
    return new PayaraServer(process, Path.of(all.get("FLOWFI_DATA_DIR")), contextRoot);
  }

  /** Instead of Payara's own class, with what the manifest of its archive asks of the JVM. */
  private static void startConsole(List<String> command, Path payara, Path folder) {
    int jar = command.indexOf("-jar");
    List<String> ours = new ArrayList<>();
    String file = PayaraConsole.class.getName().replace('.', '/') + ".class";
    try (JarFile archive = new JarFile(payara.toFile());
        InputStream console = PayaraConsole.class.getClassLoader().getResourceAsStream(file)) {
      Attributes wanted = archive.getManifest().getMainAttributes();
      for (String kind : List.of("Add-Opens", "Add-Exports")) {
        for (String name : wanted.getValue(kind).split(" ")) {
          ours.addAll(List.of("--" + kind.toLowerCase(Locale.ROOT), name + "=ALL-UNNAMED"));
        }
      }
      // alone: Payara must not see what else the tests have
      Files.createDirectories(folder.resolve(file).getParent());
      Files.copy(console, folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ours.addAll(
        List.of("-cp", payara + File.pathSeparator + folder, PayaraConsole.class.getName()));
    command.subList(jar, jar + 2).clear();
    command.addAll(jar, ours);
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
