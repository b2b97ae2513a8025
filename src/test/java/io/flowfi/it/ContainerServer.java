package io.flowfi.it;

import java.net.URI;
import java.nio.file.Path;

/** A running container with the application at {@code /}, on a loopback port of its own. */
public interface ContainerServer extends AutoCloseable {
  /** The root of the application, ends with a slash. */
  URI uri();

  int port();

  /** The process id of the JVM, another one after each start. */
  long pid();

  boolean isAlive();

  /** Sends SIGTERM, waits up to 30 s for a clean end, and returns the exit status. */
  int stop();

  /** Sends SIGKILL; the process is gone when this returns. Any thread may call it. */
  void kill();

  /** Starts again after {@link #stop()} or {@link #kill()}: same port, same data, same settings. */
  void restart();

  /** Where the application keeps its data; it stays over restarts and is new for each server. */
  Path dataFolder();

  /** Everything the server has written to its console, all starts together. */
  String log();

  /** A client for its resources. */
  default HttpApi api() {
    return new HttpApi(uri());
  }

  /** A subscriber, to be given its filters and opened. */
  default EventStream.Request events() {
    return EventStream.at(port());
  }

  /** Ends the server if it still runs. */
  @Override
  void close();
}
