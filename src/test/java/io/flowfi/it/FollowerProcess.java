package io.flowfi.it;

import static org.awaitility.Awaitility.await;

import io.flowfi.servers.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A program that follows the event stream in a process of its own. It prints a line for each event,
 * which begins with the position.
 */
final class FollowerProcess implements AutoCloseable {
  private final String name;
  private final String command;
  private final Path errors;
  private BackgroundCommand process;

  private FollowerProcess(String name, String command, Path errors) {
    this.name = name;
    this.command = command;
    this.errors = errors;
  }

  /**
   * Starts it.
   *
   * @param command for bash; it should begin with {@code exec}, so that a kill reaches the program
   */
  static FollowerProcess start(String name, String command) {
    Path errors = ServerProcess.newFolder("follower").resolve(name.replaceAll("\\W", "-") + ".err");
    FollowerProcess follower = new FollowerProcess(name, command, errors);
    follower.start();
    return follower;
  }

  private void start() {
    // what a developer's shell says about proxies is not for a server on this machine
    process = BackgroundCommand.start("export no_proxy=127.0.0.1\n" + command + " 2>>" + errors);
  }

  String name() {
    return name;
  }

  /** Ends it as {@code kill -9} does, and starts it again. */
  void killAndRestart() {
    process.kill();
    start();
  }

  /** Nothing of it runs until {@link #goOn()}; its connections stay. */
  void hold() {
    process.send(Signal.STOP);
  }

  void goOn() {
    process.send(Signal.CONT);
  }

  /** The lines that it has printed since its latest start. */
  List<String> lines() {
    return process.output().lines().toList();
  }

  /** The positions of these lines, in their order. */
  List<Long> positions() {
    return lines().stream().map(line -> Long.valueOf(line.split(" ", 2)[0])).toList();
  }

  /** Waits for a line that begins so; without it the test fails with what the program said. */
  void awaitLine(String start, Duration atMost) {
    try {
      await().atMost(atMost).until(() -> lines().stream().anyMatch(l -> l.startsWith(start)));
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(this + " has no line \"" + start + "\"", e);
    }
  }

  @Override
  public void close() {
    process.close();
  }

  @Override
  public String toString() {
    String out = process.output();
    try {
      return name
          + ":\n"
          + out.substring(Math.max(0, out.length() - 2000))
          + "\nstandard error:\n"
          + (Files.exists(errors) ? Files.readString(errors) : "");
    } catch (IOException e) {
      return name + ": " + e;
    }
  }
}
