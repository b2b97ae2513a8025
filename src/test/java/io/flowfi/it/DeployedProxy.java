package io.flowfi.it;

import io.flowfi.auth.TestTokens;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real proxy with the configuration that {@code docs/deploy} has for it, in front of a server. Of
 * the configuration only ports and folders are others.
 */
final class DeployedProxy implements AutoCloseable {
  /** Which proxies there are, with the files of {@code docs/deploy} and the commands of each. */
  enum Kind {
    NGINX("nginx", true, "nginx.conf"),
    HAPROXY("haproxy", true, "haproxy.cfg"),
    CADDY("caddy", true, "Caddyfile"),
    HTTPD("apache2", true, "httpd.conf"),
    LIGHTTPD("lighttpd", true, "lighttpd.conf"),
    VARNISH("varnishd", false, "varnish.vcl", "hitch.conf"),
    /** As Varnish treats streams where nobody has told it to pipe them. */
    VARNISH_WITHOUT_PIPE("varnishd", false, "varnish.vcl", "hitch.conf"),
    SQUID("squid", false, "squid.conf"),
    TRAFFICSERVER("traffic_server", true, "trafficserver"),
    NGHTTPX("nghttpx", true, "nghttpx.conf"),
    H2O("h2o", true, "h2o.conf"),
    NODE("npm", false, "node");

    private final String command;
    private final boolean http2;
    private final List<String> files;

    Kind(String command, boolean http2, String... files) {
      this.command = command;
      this.http2 = http2;
      this.files = List.of(files);
    }

    boolean isInstalled() {
      return Stream.concat(
              Stream.of(command), files.contains("hitch.conf") ? Stream.of("hitch") : Stream.of())
          .allMatch(
              name ->
                  Stream.of((System.getenv("PATH") + ":/usr/sbin").split(File.pathSeparator))
                      .anyMatch(folder -> Files.isExecutable(Path.of(folder, name))));
    }

    boolean speaksHttp2() {
      return http2;
    }

    String command() {
      return command;
    }
  }

  private static final String NAME = "events.example.com";
  private static final Path DEPLOY = Path.of("docs/deploy");

  private final Kind kind;
  private final int port = ServerProcess.freePort();
  private final int inner = ServerProcess.freePort();
  private final int server;
  private final Path folder;
  private final List<Process> processes = new ArrayList<>();

  private DeployedProxy(Kind kind, int server) throws IOException {
    this.kind = kind;
    this.server = server;
    // readable by all: some give up root's rights before they read
    this.folder = Files.createTempDirectory("flowfi-" + kind.command());
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  /**
   * Starts one and returns once it passes on requests.
   *
   * @param server the port of the server behind it
   */
  static DeployedProxy start(Kind kind, int server) {
    try {
      DeployedProxy proxy = new DeployedProxy(kind, server);
      try {
        proxy.start();
        return proxy;
      } catch (Throwable e) {
        proxy.close();
        throw e;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void start() throws IOException {
    certify();
    for (String file : kind.files) {
      copy(DEPLOY.resolve(file));
    }
    if (kind == Kind.TRAFFICSERVER) {
      layOut();
    }
    for (List<String> command : commands()) {
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(folder.resolve("output.log").toFile()));
      builder.environment().merge("PATH", "/usr/sbin", (path, more) -> path + ":" + more);
      builder
          .environment()
          .putAll(Map.of("TS_RUNROOT", folder.toString(), "HOME", folder.toString()));
      Process process = builder.start();
      if (isPreparation(command)) {
        awaitEnd(process);
      } else {
        processes.add(process);
      }
    }
    Awaitility.await("an answer through " + kind + ", which says " + log())
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                curl("127.0.0.1", "-o", "/dev/null", "-w", "%{http_code}", "/health/ready")
                    .equals("200"));
  }

  private List<List<String>> commands() {
    String conf = folder.resolve(kind.files.get(0)).toString();
    return switch (kind) {
      case NGINX -> List.of(List.of("nginx", "-c", conf, "-g", "daemon off;"));
      case HAPROXY -> List.of(List.of("haproxy", "-db", "-f", conf));
      case CADDY -> List.of(List.of("caddy", "run", "--config", conf, "--adapter", "caddyfile"));
      case HTTPD ->
          List.of(
              List.of("apache2", "-DFOREGROUND", "-f", conf, "-c", "DefaultRuntimeDir " + folder));
      case LIGHTTPD -> List.of(List.of("lighttpd", "-D", "-f", conf));
      case VARNISH, VARNISH_WITHOUT_PIPE ->
          List.of(
              List.of(
                  "varnishd",
                  "-F",
                  "-n",
                  folder.resolve("varnish").toString(),
                  "-a",
                  "127.0.0.1:" + inner + ",PROXY",
                  "-f",
                  conf,
                  "-s",
                  "malloc,64m"),
              List.of("hitch", "--config=" + folder.resolve("hitch.conf")));
      case SQUID -> List.of(List.of("squid", "-N", "-f", conf));
      case TRAFFICSERVER -> List.of(List.of("traffic_server"));
      case NGHTTPX -> List.of(List.of("nghttpx", "--conf=" + conf));
      case H2O -> List.of(List.of("h2o", "-c", conf));
      case NODE ->
          List.of(
              List.of(
                  "npm",
                  "ci",
                  "--prefix=" + conf,
                  "--prefer-offline",
                  "--ignore-scripts",
                  "--no-audit",
                  "--no-fund"),
              List.of("node", conf + "/proxy.mjs"));
    };
  }

  private static boolean isPreparation(List<String> command) {
    return command.get(0).equals("npm");
  }

  private void awaitEnd(Process process) {
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new AssertionError(kind + " cannot be prepared: " + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** Tells Traffic Server where its folders are; it has no other way to run beside a real one. */
  private void layOut() throws IOException {
    StringBuilder layout = new StringBuilder();
    for (String name :
        List.of(
            "prefix",
            "exec_prefix",
            "localstatedir",
            "runtimedir",
            "logdir",
            "cachedir",
            "datadir",
            "includedir")) {
      layout.append(name).append(": ").append(folder).append('\n');
    }
    layout.append("sysconfdir: ").append(folder.resolve("trafficserver")).append('\n');
    layout.append("bindir: /usr/bin\nsbindir: /usr/sbin\nlibdir: /usr/lib/trafficserver\n");
    layout.append("libexecdir: /usr/lib/trafficserver/modules\n");
    Files.writeString(folder.resolve("runroot.yaml"), layout);
    Files.copy(
        Path.of("/etc/trafficserver/ip_allow.yaml"), folder.resolve("trafficserver/ip_allow.yaml"));
    // Debian has one; nothing is cached, but it does not start without
    Files.writeString(folder.resolve("trafficserver/storage.config"), folder + " 16M\n");
  }

  private void certify() throws IOException {
    Path folderOfKeys = Files.createDirectories(folder.resolve("ssl"));
    awaitEnd(
        new ProcessBuilder(
                "bash",
                "-c",
                "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN="
                    + NAME
                    + " -addext subjectAltName=DNS:"
                    + NAME
                    + " -keyout key -out certificate && cat certificate key >events.pem && chmod a+r events.pem")
            .directory(folderOfKeys.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.log").toFile())
            .start());
  }

  private void copy(Path source) throws IOException {
    if (Files.isDirectory(source)) {
      Files.createDirectories(folder.resolve(DEPLOY.relativize(source)));
      try (Stream<Path> files = Files.list(source)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          copy(file);
        }
      }
      return;
    }
    String here = folder + "/";
    String text =
        Files.readString(source)
            .replaceAll("\\b3001\\b", Integer.toString(server))
            .replaceAll("\\b443\\b", Integer.toString(port))
            .replaceAll("\\b6086\\b", Integer.toString(inner))
            .replace("/etc/ssl/private", here + "ssl")
            .replaceAll("/run/(apache2/)?", here)
            .replaceAll("/var/log/\\w+/", here)
            .replaceAll("/var/(spool/squid|www/html)", here);
    if (kind == Kind.HAPROXY) {
      // it refuses to start where it may not open twice as many files
      text = text.replace("maxconn 20000", "maxconn 500");
    }
    if (kind == Kind.VARNISH_WITHOUT_PIPE) {
      text = text.replace("return (pipe)", "return (pass)");
    }
    if (kind == Kind.NGINX) {
      // without root's rights it cannot write where Debian's build would
      text =
          text.replace(
              "http {",
              "http { client_body_temp_path "
                  + here
                  + "body; proxy_temp_path "
                  + here
                  + "proxy; fastcgi_temp_path "
                  + here
                  + "fcgi; uwsgi_temp_path "
                  + here
                  + "uwsgi; scgi_temp_path "
                  + here
                  + "scgi;");
    }
    Files.writeString(folder.resolve(DEPLOY.relativize(source)), text);
  }

  /**
   * Asks through the proxy, from an address of its own, with a token of its own.
   *
   * @param from in 127.0.0.0/8
   * @param arguments of curl; the last one is the path
   * @return what curl writes
   */
  String curl(String from, String... arguments) {
    try {
      Process curl =
          new ProcessBuilder(command(from, arguments))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        String output = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        curl.waitFor(1, TimeUnit.SECONDS);
        return output;
      } finally {
        curl.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** The same, left running. */
  BackgroundCommand follow(String from, String... arguments) {
    StringBuilder command = new StringBuilder("exec");
    for (String word : command(from, arguments)) {
      command.append(" '").append(word).append('\'');
    }
    return BackgroundCommand.start(command.toString());
  }

  private List<String> command(String from, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "curl",
                "--silent",
                "--insecure",
                "--no-buffer",
                "--noproxy",
                "*",
                "--max-time",
                "120",
                kind.speaksHttp2() ? "--http2" : "--http1.1",
                "--interface",
                from,
                "--connect-to",
                NAME + ":443:127.0.0.1:" + port,
                "--header",
                "Authorization: Bearer "
                    + TestTokens.token(TestAddresses.account(1), Instant.now().plusSeconds(600))));
    command.addAll(List.of(arguments).subList(0, arguments.length - 1));
    command.add("https://" + NAME + arguments[arguments.length - 1]);
    return command;
  }

  /** Where its clients go, and what they believe: for curl. */
  String curlOptions() {
    return "--noproxy * --cacert "
        + folder.resolve("ssl/certificate")
        + " --connect-to "
        + NAME
        + ":443:127.0.0.1:"
        + port;
  }

  String log() {
    StringBuilder log = new StringBuilder();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".log")).toList()) {
        log.append(Files.readString(file, StandardCharsets.ISO_8859_1));
      }
    } catch (IOException | UncheckedIOException e) {
      log.append(e);
    }
    return log.toString();
  }

  @Override
  public void close() {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    awaitGone();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted((a, b) -> b.compareTo(a)).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitGone() {
    Awaitility.await(kind + " ends")
        .atMost(Duration.ofSeconds(10))
        .until(() -> processes.stream().noneMatch(Process::isAlive));
  }
}
