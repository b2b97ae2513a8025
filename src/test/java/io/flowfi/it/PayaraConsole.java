package io.flowfi.it;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * Starts Payara Micro in this process and takes its applications away or deploys them again while
 * it runs, as an administrator's tool does by Payara's own interface. It runs beside Payara, on
 * whose class path the tests are not, so it uses that interface by reflection and nothing else of
 * ours.
 *
 * <p>A line of the standard input is a command: {@code undeploy} takes every application away, and
 * {@code deploy PATH FILE} deploys one. {@link #DONE} and the command in the standard output say
 * that it is done.
 */
public final class PayaraConsole {
  /** Comes before a command that is done. */
  static final String DONE = "console: done ";

  private static final String PACKAGE = "fish.payara.micro.";

  private final Object runtime;
  private final Class<?> type;

  private PayaraConsole(Object runtime) throws ClassNotFoundException {
    this.runtime = runtime;
    type = Class.forName(PACKAGE + "PayaraMicroRuntime");
  }

  /** Takes the arguments of Payara Micro. */
  public static void main(String[] arguments) throws Exception {
    Object boot =
        Class.forName(PACKAGE + "boot.PayaraMicroLauncher")
            .getMethod("create", String[].class)
            .invoke(null, (Object) arguments);
    Object runtime =
        Class.forName(PACKAGE + "boot.PayaraMicroBoot").getMethod("getRuntime").invoke(boot);
    new PayaraConsole(runtime).obey();
  }

  private void obey() throws IOException, ReflectiveOperationException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 3);
      if (words[0].equals("undeploy")) {
        undeployAll();
      } else {
        deploy(words[1], new File(words[2]));
      }
      System.out.println(DONE + line);
    }
  }

  private void undeployAll() throws ReflectiveOperationException {
    Object names = type.getMethod("getDeployedApplicationNames").invoke(runtime);
    for (Object name : ((Collection<?>) names).toArray()) {
      type.getMethod("undeploy", String.class).invoke(runtime, name);
    }
  }

  private void deploy(String path, File war) throws ReflectiveOperationException {
    type.getMethod("deploy", String.class, String.class, File.class)
        .invoke(runtime, "flowfi", path, war);
  }
}
