package io.flowfi.it;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One JVM has it at a time: classes of tests in several may need the same folder at one moment. */
final class Turn implements AutoCloseable {
  private final FileChannel channel;

  /**
   * Waits until it is free.
   *
   * @param file is made if there is none
   */
  Turn(Path file) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.lock(); // as long as the channel is open
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
