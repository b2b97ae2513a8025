package io.flowfi.it;

import io.flowfi.servers.Signal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A shell command that a user leaves running in a terminal. What it prints is read line by line as
 * it comes, on a thread of its own. Standard error is not shown: {@code curl} draws its progress
 * there when it does not write to a terminal.
 */
final class BackgroundCommand implements AutoCloseable {
  private final Process process;
  private final StringBuffer output = new StringBuffer();

  private BackgroundCommand(Process process) {
    this.process = process;
  }

  static BackgroundCommand start(String command) {
    return start(command, line -> {});
  }

  /**
   * @param onLine gets each line without its end, at once; called on the reading thread
   */
  static BackgroundCommand start(String command, Consumer<String> onLine) {
    try {
      BackgroundCommand running =
          new BackgroundCommand(
              new ProcessBuilder("bash", "-c", command)
                  .redirectError(ProcessBuilder.Redirect.DISCARD)
                  .start());
      Thread reader = new Thread(() -> running.read(onLine), "output of " + command);
      reader.setDaemon(true);
      reader.start();
      return running;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A program of tests to try, as the profiles of Maven start it. */
  static BackgroundCommand startTrial(Class<?> program) {
    StringBuilder command = new StringBuilder("exec '");
    command.append(Path.of(System.getProperty("java.home"), "bin", "java")).append("' -cp '");
    command.append(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.append('\'');
    for (String name : List.of("flowfi.basedir", "flowfi.war", "flowfi.tomcat.home")) {
      command.append(" '-D").append(name).append('=');
      command.append(ServerProcess.setting(name)).append('\'');
    }
    return start(command.append(' ').append(program.getName()).toString());
  }

  private void read(Consumer<String> onLine) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        onLine.accept(line);
        output.append(line).append('\n');
      }
    } catch (IOException e) {
      output.append("\nbroken by ").append(e);
    }
  }

  /** All whole lines so far. */
  String output() {
    return output.toString();
  }

  /** Ends the process itself at once (SIGKILL), and returns when it is gone. */
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** To the process itself. */
  void send(Signal signal) {
    signal.send(process.pid());
  }

  /** Ends it and everything it has started, as Ctrl-C would. */
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
