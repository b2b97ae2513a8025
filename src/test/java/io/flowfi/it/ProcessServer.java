package io.flowfi.it;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

/** A container in a process of its own. */
abstract class ProcessServer implements ContainerServer {
  private final ServerProcess process;
  private final Path dataFolder;

  ProcessServer(ServerProcess process, Path dataFolder) {
    this.process = process;
    this.dataFolder = dataFolder;
  }

  @Override
  public URI uri() {
    return process.uri();
  }

  @Override
  public int port() {
    return process.port();
  }

  @Override
  public long pid() {
    return process.pid();
  }

  @Override
  public boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public int stop() {
    return process.stop(Duration.ofSeconds(30));
  }

  @Override
  public void kill() {
    process.kill();
  }

  @Override
  public void restart() {
    process.start();
  }

  /** Starts the process without waiting until it is ready. */
  void launch() {
    process.launch();
  }

  /** Returns when it is ready. */
  void awaitReady() {
    process.awaitReady();
  }

  /** Writes a line to the standard input of the process. */
  void say(String line) {
    process.say(line);
  }

  @Override
  public Path dataFolder() {
    return dataFolder;
  }

  @Override
  public String log() {
    return process.log();
  }

  @Override
  public void close() {
    if (isAlive()) {
      kill();
    }
  }
}
