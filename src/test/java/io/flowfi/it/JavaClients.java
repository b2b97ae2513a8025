package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;

/**
 * The clients of {@code src/test/clients/java}: a Maven module for each, which is named like the
 * client and has it as its first dependency.
 */
final class JavaClients {
  private static final Path SOURCES = Path.of("src/test/clients/java");
  private static final Path BUILT = Path.of("target/java-clients");

  /** Of those that are an implementation of JAX-RS and need no program of their own. */
  private static final String SHARED_PROGRAM = "FollowSseEventSource";

  private JavaClients() {}

  /** Compiles the programs. Skips the test, and says so, if Maven cannot get the clients. */
  static List<PublishedClient> install() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(ServerProcess.setting("flowfi.maven.home"), "bin", "mvn").toString(),
                "-B",
                "-q",
                "-f",
                SOURCES.toString(),
                "compile"));
    if (ServerProcess.setting("flowfi.maven").equals("offline=true")) {
      command.add("-o");
    }
    Path output = ServerProcess.newFolder("java-clients").resolve("maven.out");
    ProcessBuilder maven =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = maven.start();
    try {
      assertThat(process.waitFor(3, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(output);
    boolean built = process.exitValue() == 0;
    assumeFalse(
        !built && said.contains("esolv"), // could not resolve, could not be resolved
        "Maven cannot get its packages: unchecked is that Java clients come back");
    assertThat(built).as(said).isTrue();
    return named();
  }

  static List<PublishedClient> named() throws Exception {
    List<PublishedClient> clients = new ArrayList<>();
    try (Stream<Path> modules = Files.list(SOURCES)) {
      for (Path module : modules.filter(Files::isDirectory).sorted().toList()) {
        String name = module.getFileName().toString();
        if (!name.equals("position")) { // what they share
          clients.add(new PublishedClient(name, version(module, name), command(module, name)));
        }
      }
    }
    return clients;
  }

  private static String version(Path module, String name) throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(module.resolve("pom.xml").toFile());
    XPath path = XPathFactory.newInstance().newXPath();
    String client = "/project/dependencies/dependency[1]/";
    assertThat(path.evaluate(client + "artifactId", pom)).isEqualTo(name);
    return path.evaluate(client + "version", pom);
  }

  private static String command(Path module, String name) throws IOException {
    Path built = BUILT.resolve(name + "-follower");
    String classes = built.resolve("classes") + ":$(cat " + built.resolve("class-path") + ")";
    return "exec "
        + Path.of(System.getProperty("java.home"), "bin", "java")
        + " -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp \""
        + classes
        + "\" io.flowfi.clients."
        + program(module);
  }

  private static String program(Path module) throws IOException {
    try (Stream<Path> files = Files.list(module)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".java"))
          .map(file -> file.substring(0, file.length() - ".java".length()))
          .findFirst()
          .orElse(SHARED_PROGRAM);
    }
  }
}
