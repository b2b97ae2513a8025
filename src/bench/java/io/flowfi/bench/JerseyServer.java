package io.flowfi.bench;

import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Jersey's stock broadcaster on the same Tomcat: {@link JerseyPeer} in a JVM of its own. */
final class JerseyServer extends Server {
  static final String NAME = "jersey";

  /** What Jersey needs on Tomcat, without our parts: no CDI, no replaced sink. */
  private static final Pattern NEEDED =
      Pattern.compile(
          "(jersey-(common|client|server|container-servlet|container-servlet-core|hk2|media-sse)-\\d.*"
              + "|hk2-.*|jakarta\\..*|tomcat-.*|aopalliance-.*|javassist-.*|osgi-resource-.*)\\.jar");

  JerseyServer() {
    super(NAME);
  }

  @Override
  Optional<String> missing() {
    return Optional.empty();
  }

  @Override
  ProcessBuilder command(int onPort, Path folder) {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(
                entry ->
                    entry.endsWith("bench-classes")
                        || NEEDED.matcher(Path.of(entry).getFileName().toString()).matches())
            .collect(Collectors.joining(File.pathSeparator));
    // 3 GB: at 145 KB a connection, 10,000 of them would not fit into FlowFi's 1 GB
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms128m",
            "-Xmx3g",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=50",
            "-cp",
            classPath,
            JerseyPeer.class.getName(),
            Integer.toString(onPort))
        .directory(folder.toFile());
  }

  @Override
  String subscribeToAll() {
    return "/events";
  }

  @Override
  List<Command> publishers(int connections) {
    return Collections.nCopies(connections, null).stream()
        .map(
            n ->
                Command.of(
                    new PreparedRequest(port(), "/events", "application/json", SampleEvent.json())))
        .toList();
  }
}
