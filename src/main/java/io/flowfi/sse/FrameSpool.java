package io.flowfi.sse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Frames in the order they were added, readable by index. The first {@link #MEMORY_BYTES} stay in
 * memory; beyond that they move to a temporary file, because a snapshot of everything may be read
 * for minutes by a slow client. Used by one thread at a time.
 */
final class FrameSpool implements AutoCloseable {
  static final int MEMORY_BYTES = 256 * 1024;

  /**
   * Every so many frames the place in the file is remembered: reading starts at most that far
   * before what is wanted.
   */
  private static final int INDEX_STEP = 512;

  private static final int BUFFER_BYTES = 64 * 1024;

  private final Path directory;
  private final AtomicLong diskBudget;
  private final List<byte[]> memory = new ArrayList<>();
  private final List<Long> offsets = new ArrayList<>();
  private FileChannel file;
  private ByteBuffer buffer;
  private long frames;
  private long bytes;
  private long written;
  private long nextFrame;
  private long nextOffset;

  /**
   * @param directory where a temporary file may be made
   * @param diskBudget bytes of disk still free for all spools together; taken from while this one
   *     is open
   */
  FrameSpool(Path directory, AtomicLong diskBudget) {
    this.directory = directory;
    this.diskBudget = diskBudget;
  }

  /**
   * @throws SnapshotTooLargeException if the disk budget is used up or the disk is full
   */
  void add(byte[] frame) {
    bytes += frame.length;
    if (file == null && bytes <= MEMORY_BYTES) {
      memory.add(frame);
      frames++;
      return;
    }
    try {
      if (file == null) {
        moveToFile();
      }
      append(frame);
      frames++;
    } catch (IOException failed) {
      throw new SnapshotTooLargeException(
          "the snapshot cannot be written to the temporary directory", failed);
    }
  }

  private void moveToFile() throws IOException {
    Path path = Files.createTempFile(directory, "flowfi-snapshot-", ".tmp");
    try {
      // DELETE_ON_CLOSE unlinks at once where the system can: nothing is left behind by a crash
      file =
          FileChannel.open(
              path,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              StandardOpenOption.DELETE_ON_CLOSE);
    } catch (IOException failed) {
      Files.deleteIfExists(path);
      throw failed;
    }
    buffer = ByteBuffer.allocate(BUFFER_BYTES);
    frames = 0;
    for (byte[] frame : memory) {
      append(frame);
      frames++;
    }
    memory.clear();
  }

  private void append(byte[] frame) throws IOException {
    int size = Integer.BYTES + frame.length;
    if (diskBudget.addAndGet(-size) < 0) {
      diskBudget.addAndGet(size);
      throw new SnapshotTooLargeException(
          "the snapshot is larger than the space set aside for snapshots", null);
    }
    if (frames % INDEX_STEP == 0) {
      offsets.add(written);
    }
    written += size;
    if (buffer.remaining() < size) {
      flush();
    }
    if (size > buffer.capacity()) {
      write(ByteBuffer.allocate(size).putInt(frame.length).put(frame).flip());
    } else {
      buffer.putInt(frame.length).put(frame);
    }
  }

  private void flush() throws IOException {
    write(buffer.flip());
    buffer.clear();
  }

  private void write(ByteBuffer from) throws IOException {
    while (from.hasRemaining()) {
      file.write(from);
    }
  }

  /**
   * Reads on from a frame.
   *
   * @param from index of the first frame wanted, from 0
   * @param maxBytes reading stops once that many bytes are exceeded; at least one frame is returned
   *     if there is one
   */
  List<byte[]> read(long from, int maxBytes) {
    List<byte[]> read = new ArrayList<>();
    if (from >= frames) {
      return read;
    }
    long size = 0;
    if (file == null) {
      for (int i = (int) from; i < frames && size < maxBytes; i++) {
        read.add(memory.get(i));
        size += memory.get(i).length;
      }
      return read;
    }
    try {
      if (buffer.position() > 0) {
        flush();
      }
      seek(from);
      while (nextFrame < frames && size < maxBytes) {
        byte[] frame = readNext();
        read.add(frame);
        size += frame.length;
      }
      return read;
    } catch (IOException failed) {
      throw new UncheckedIOException("the spooled snapshot cannot be read", failed);
    }
  }

  private void seek(long from) throws IOException {
    if (from == nextFrame) {
      return;
    }
    int step = Math.toIntExact(from / INDEX_STEP);
    nextFrame = (long) step * INDEX_STEP;
    nextOffset = offsets.get(step);
    while (nextFrame < from) {
      nextOffset += Integer.BYTES + readFully(nextOffset, Integer.BYTES).getInt();
      nextFrame++;
    }
  }

  private byte[] readNext() throws IOException {
    int length = readFully(nextOffset, Integer.BYTES).getInt();
    byte[] frame = readFully(nextOffset + Integer.BYTES, length).array();
    nextOffset += Integer.BYTES + length;
    nextFrame++;
    return frame;
  }

  private ByteBuffer readFully(long offset, int length) throws IOException {
    ByteBuffer to = ByteBuffer.allocate(length);
    while (to.hasRemaining()) {
      if (file.read(to, offset + to.position()) < 0) {
        throw new IOException("the spool ends within a frame");
      }
    }
    return to.flip();
  }

  @Override
  public void close() {
    memory.clear();
    frames = 0;
    if (file != null) {
      diskBudget.addAndGet(written);
      written = 0;
      try {
        file.close();
      } catch (IOException failed) {
        throw new UncheckedIOException("the spooled snapshot cannot be closed", failed);
      } finally {
        file = null;
        buffer = null;
      }
    }
  }
}
