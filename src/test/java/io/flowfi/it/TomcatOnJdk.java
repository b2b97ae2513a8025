package io.flowfi.it;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One of the Tomcats that the build unpacks, and a JDK to run it on. */
record TomcatOnJdk(Path tomcat, Jdk jdk) {
  /** Both Tomcats on the running JDK, then on each other one that is found. */
  static List<TomcatOnJdk> all() {
    return Jdk.all().stream().flatMap(TomcatOnJdk::on).toList();
  }

  /** Both Tomcats on one JDK. */
  static Stream<TomcatOnJdk> on(Jdk jdk) {
    return Stream.of("flowfi.tomcat.home", "flowfi.tomcat11.home")
        .map(home -> new TomcatOnJdk(Path.of(ServerProcess.setting(home)), jdk));
  }

  /** For {@link TomcatServer#start(Map)}. */
  Map<String, String> environment() {
    return Map.of("CATALINA_HOME", tomcat.toString(), "JAVA_HOME", jdk.home().toString());
  }

  /** {@code Tomcat 10.1.59, JDK 17}. */
  @Override
  public String toString() {
    return tomcat.getFileName().toString().replace("apache-tomcat-", "Tomcat ") + ", " + jdk;
  }
}
