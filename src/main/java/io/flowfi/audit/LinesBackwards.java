package io.flowfi.audit;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Predicate;

/** The lines of a file, the last one first. For one thread. */
final class LinesBackwards implements AutoCloseable {
  private static final int CHUNK = 1 << 17;

  /** Many times as long as the longest entry; what is longer is none. */
  private static final int LONGEST_LINE = 1 << 20;

  private final SeekableByteChannel file;
  private byte[] bytes = {};

  /** Where {@code bytes} begins in the file. */
  private long start;

  /** How many of {@code bytes} are left. */
  private int left;

  private int from;
  private int to;
  private long read;

  LinesBackwards(Path path) throws IOException {
    file = Files.newByteChannel(path);
    start = file.size();
  }

  /** Goes on before a place, where a line begins. */
  void goTo(long place) throws IOException {
    start = Math.min(place, file.size());
    left = 0;
  }

  /**
   * Goes to about the last line that is early enough, if those are all before the others.
   *
   * @param isLate whether the line is behind that place
   */
  void goBefore(Predicate<String> isLate) throws IOException {
    long early = 0;
    long late = file.size();
    while (late - early > CHUNK) {
      long middle = (early + late) / 2;
      goTo(Math.min(file.size(), middle + CHUNK));
      load();
      // a line that is whole, somewhere in there
      int begin = indexOfLineEnd(0) + 1;
      int end = indexOfLineEnd(begin);
      if (begin == 0 || end < 0) {
        break; // no lines as ours are: it goes on from a place that is certainly late enough
      }
      if (isLate.test(text(begin, end))) {
        late = middle;
      } else {
        early = middle;
      }
    }
    boolean atEnd = late + CHUNK >= file.size();
    goTo(late + CHUNK);
    read = 0;
    if (!atEnd) {
      previous(); // it may begin in the middle of a line, and is too late in any case
    }
  }

  private int indexOfLineEnd(int begin) {
    for (int i = begin; i < left; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  /**
   * Takes the line before.
   *
   * @return false if there is none
   */
  boolean previous() throws IOException {
    while (true) {
      int end = left > 0 && bytes[left - 1] == '\n' ? left - 1 : left;
      for (int i = end - 1; i >= 0; i--) {
        if (bytes[i] == '\n') {
          from = i + 1;
          to = end;
          left = i + 1;
          return true;
        }
      }
      if (start == 0) {
        from = 0;
        to = end;
        boolean any = left > 0;
        left = 0;
        return any;
      }
      if (left > LONGEST_LINE) {
        left = 0;
      }
      load();
    }
  }

  /** Puts the bytes before in front of those that are left. */
  private void load() throws IOException {
    int more = (int) Math.min(CHUNK, start);
    byte[] longer = new byte[more + left];
    System.arraycopy(bytes, 0, longer, more, left);
    file.position(start - more);
    ByteBuffer buffer = ByteBuffer.wrap(longer, 0, more);
    while (buffer.hasRemaining()) {
      if (file.read(buffer) < 0) {
        throw new EOFException("the file has become shorter");
      }
    }
    bytes = longer;
    start -= more;
    left += more;
    read += more;
  }

  /** The line, without its end. */
  String line() {
    return text(from, to);
  }

  private String text(int begin, int end) {
    return new String(bytes, begin, end - begin, StandardCharsets.ISO_8859_1);
  }

  /** Where the line begins in the file. */
  long place() {
    return start + from;
  }

  /** Bytes that were read so far, but for those that it took to find the place. */
  long bytesRead() {
    return read;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
