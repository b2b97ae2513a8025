package io.flowfi.it;

import io.flowfi.auth.StartTokens;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The small cluster of {@code mvn -Pcluster}: three nodes, PostgreSQL, Redis, and HAProxy if it is
 * installed. Everything listens on the loopback only, and nothing of it is kept.
 */
final class TryCluster {
  private static final int NODES = 3;

  private TryCluster() {}

  /** Runs until Ctrl-C. */
  public static void main(String[] arguments) throws Exception {
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    String jwtSecret = HexFormat.of().formatHex(secret);
    say("Starting PostgreSQL, Redis and three nodes: this takes half a minute.");
    // nodes behind a balancer must not be in open mode
    try (Cluster cluster =
        new Cluster(
            NODES,
            Map.of(
                "JWT_SECRET", jwtSecret,
                "TRUSTED_PROXIES", "127.0.0.1",
                "DRAIN_DELAY", "3s",
                "DRAIN_WINDOW", "3s"))) {
      Runtime.getRuntime().addShutdownHook(new Thread(cluster.redis()::close));
      printTokens(jwtSecret);
      say("");
      if (Balancer.isInstalled()) {
        say("balancer    " + Balancer.start(cluster.ports(), "1s").uri());
      } else {
        say("balancer    none: haproxy is not installed");
      }
      for (Cluster.Member member : cluster.members()) {
        TomcatServer node = member.server();
        say("node        " + node.uri() + "  (process " + node.pid() + ")");
      }
      say("PostgreSQL  127.0.0.1:" + cluster.postgres().port() + ", user flowfi, no password");
      say("Redis       127.0.0.1:" + cluster.redis().port());
      say("");
      say("Stop or kill a node by its process, and watch an event stream of the balancer go on.");
      say("Ctrl-C ends everything, and nothing is kept.");
      new CountDownLatch(1).await();
    }
  }

  /** Its own process, as {@code mvn -Psecured} has it: it reads the secret of its environment. */
  private static void printTokens(String secret) throws IOException, InterruptedException {
    ProcessBuilder tokens =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            StartTokens.class.getName());
    tokens.environment().put("JWT_SECRET", secret);
    tokens.inheritIO().start().waitFor();
  }

  @SuppressWarnings("SystemOut") // it is what the command is for
  private static void say(String line) {
    System.out.println(line);
  }
}
