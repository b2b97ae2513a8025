package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flowfi.servers.Needed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
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
 * client, if need be with its major version, and has it as its first dependency.
 */
final class JavaClients {
  private static final Path SOURCES = Path.of("src/test/clients/java");
  private static final Path BUILT = Path.of("target/java-clients");
  private static final Path LOCK = Path.of("target/java-clients.lock");
  private static final Path DONE = BUILT.resolve("done");

  /** Of those that are an implementation of JAX-RS and need no program of their own. */
  private static final String SHARED_PROGRAM = "FollowSseEventSource";

  private static boolean areCompiled;

  private JavaClients() {}

  /**
   * Compiles the programs. If Maven cannot get the clients, the test is skipped and says so; where
   * {@code FLOWFI_SERVERS} is {@code required}, it fails.
   */
  static synchronized List<PublishedClient> install() throws Exception {
    if (!areCompiled) {
      // another class, in another JVM, may need or already run the same programs at this moment
      try (Turn ours = new Turn(LOCK)) {
        if (!isBuilt()) {
          boolean offline = ServerProcess.setting("flowfi.maven").equals("offline=true");
          compile(SOURCES, offline, Needed.areRequired());
          Files.write(DONE, new byte[0]);
        }
      }
      areCompiled = true;
    }
    return named();
  }

  /** Since the last change of a program. */
  private static boolean isBuilt() throws IOException {
    if (!Files.exists(DONE)) {
      return false;
    }
    FileTime done = Files.getLastModifiedTime(DONE);
    try (Stream<Path> sources = Files.walk(SOURCES)) {
      for (Path source : sources.toList()) {
        if (Files.getLastModifiedTime(source).compareTo(done) > 0) {
          return false;
        }
      }
    }
    return true;
  }

  static void compile(Path sources, boolean offline, boolean required) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(ServerProcess.setting("flowfi.maven.home"), "bin", "mvn").toString(),
                "-B",
                "-q",
                "-f",
                sources.toString(),
                "compile"));
    if (offline) {
      command.add("-o");
    }
    Path output = ServerProcess.newFolder("java-clients").resolve("maven.out");
    ProcessBuilder maven =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    maven.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = maven.start();
    try {
      assertThat(process.waitFor(10, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(output);
    boolean built = process.exitValue() == 0;
    boolean resolved = built || !said.contains("esolv"); // could not resolve, could not be resolved
    if (required) {
      assertThat(resolved)
          .as("what Maven says, without which unchecked is that Java clients come back: %s", said)
          .isTrue();
    }
    assumeTrue(resolved, "Maven cannot get its packages: unchecked is that Java clients come back");
    assertThat(built).as(said).isTrue();
  }

  static List<PublishedClient> named() throws Exception {
    List<PublishedClient> clients = new ArrayList<>();
    try (Stream<Path> modules = Files.list(SOURCES)) {
      for (Path module : modules.filter(Files::isDirectory).sorted().toList()) {
        if (!module.endsWith("position")) { // what they share
          clients.add(client(module));
        }
      }
    }
    return clients;
  }

  private static PublishedClient client(Path module) throws Exception {
    Document pom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(module.resolve("pom.xml").toFile());
    XPath path = XPathFactory.newInstance().newXPath();
    String client = "/project/dependencies/dependency[1]/";
    String name = path.evaluate(client + "artifactId", pom);
    String version = path.evaluate(client + "version", pom);
    String folder = module.getFileName().toString();
    assertThat(folder).isIn(name, name + "-" + version.replaceFirst("\\..*", ""));
    String sources = path.evaluate("/project/build/sourceDirectory", pom);
    Path programs = module.resolve(sources.replace("${project.basedir}/", "")).normalize();
    return new PublishedClient(name, version, command(folder, program(programs)));
  }

  private static String command(String folder, String program) {
    Path built = BUILT.resolve(folder + "-follower");
    String classes = built.resolve("classes") + ":$(cat " + built.resolve("class-path") + ")";
    return "exec "
        + Path.of(System.getProperty("java.home"), "bin", "java")
        + " -Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp \""
        + classes
        + "\" io.flowfi.clients."
        + program;
  }

  private static String program(Path sources) throws IOException {
    try (Stream<Path> files = Files.list(sources)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(".java"))
          .map(file -> file.substring(0, file.length() - ".java".length()))
          .findFirst()
          .orElse(SHARED_PROGRAM);
    }
  }
}
