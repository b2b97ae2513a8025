package io.flowfi.conformance;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * An open event stream. A thread of its own reads it; one other thread asks for the blocks, in
 * their order.
 */
final class Subscriber implements Closeable {
  private static final int MOST_BYTES = 64 << 20;

  private final HttpConnection connection;
  private final Head head;
  private final Framing framing;
  private final long patienceNanos;
  private final List<Block> blocks = new ArrayList<>();
  private final BlockSplitter splitter = new BlockSplitter(this::take);
  private Body body;
  private int asked;
  private boolean ended;
  private IOException failure;

  Subscriber(HttpConnection connection, Head head, Framing framing, Target target) {
    this.connection = connection;
    this.head = head;
    this.framing = framing;
    this.patienceNanos = target.patience().toNanos();
  }

  /** Begins to read; before that the server writes into the buffers of the kernels. */
  Subscriber read() {
    Thread thread = new Thread(this::readAll, "conformance-subscriber");
    thread.setDaemon(true);
    thread.start();
    return this;
  }

  /** Reads no more than the first block. */
  Subscriber readGreeting() throws IOException {
    body = connection.body(head);
    byte[] next = new byte[1];
    while (all().isEmpty()) {
      int count = body.read(next, 0, 1);
      Broken.unless(count > 0, "no first block before the connection ended");
      splitter.accept(next, count);
    }
    return this;
  }

  private void readAll() {
    try {
      connection.waitForever();
      if (body == null) {
        body = connection.body(head);
      } else {
        connection.widen();
      }
      byte[] buffer = new byte[8192];
      long total = 0;
      for (int count; (count = body.read(buffer, 0, buffer.length)) >= 0; total += count) {
        splitter.accept(buffer, count);
        if (total > MOST_BYTES) {
          throw new IOException("more than " + MOST_BYTES + " bytes");
        }
      }
      end(null);
    } catch (IOException e) {
      end(e);
    }
  }

  private void take(Block block) {
    framing.look(block);
    synchronized (blocks) {
      blocks.add(block);
      blocks.notifyAll();
    }
  }

  private void end(IOException why) {
    synchronized (blocks) {
      ended = true;
      failure = why;
      blocks.notifyAll();
    }
  }

  /** Takes a stream apart at its empty lines, whatever the line ends are. */
  static final class BlockSplitter {
    private final java.util.function.Consumer<Block> blocks;
    private final ByteArrayOutputStream block = new ByteArrayOutputStream();
    private boolean atLineStart = true;
    private boolean afterReturn;

    BlockSplitter(java.util.function.Consumer<Block> blocks) {
      this.blocks = blocks;
    }

    void accept(byte[] bytes, int count) {
      for (int i = 0; i < count; i++) {
        byte next = bytes[i];
        boolean secondOfTwo = next == '\n' && afterReturn;
        afterReturn = next == '\r';
        block.write(next);
        if (secondOfTwo) {
          continue;
        }
        if (next != '\n' && next != '\r') {
          atLineStart = false;
        } else if (atLineStart) {
          emit();
        } else {
          atLineStart = true;
        }
      }
    }

    private void emit() {
      byte[] raw = block.toByteArray();
      block.reset();
      Block read = Block.of(raw);
      if (!read.lines().isEmpty()) {
        blocks.accept(read);
      }
    }
  }

  Head head() {
    return head;
  }

  /**
   * Waits for the first block, which is not taken: what is committed before the server has read the
   * position in it need not come.
   */
  Subscriber started() throws IOException {
    try {
      await(block -> true, "first block");
      asked = 0;
      return this;
    } catch (Broken e) {
      close();
      throw e;
    }
  }

  /** The next block, whatever it is. */
  Block next() {
    return await(block -> true, "further block");
  }

  /** Takes the next block that matches, and drops those before it. */
  Block await(Predicate<Block> wanted, String what) {
    return await(wanted, what, patienceNanos);
  }

  Block await(Predicate<Block> wanted, String what, long nanos) {
    long deadline = System.nanoTime() + nanos;
    synchronized (blocks) {
      while (true) {
        while (asked < blocks.size()) {
          Block block = blocks.get(asked++);
          if (wanted.test(block)) {
            return block;
          }
        }
        long left = deadline - System.nanoTime();
        if (ended || left <= 0) {
          throw new Broken(
              "no " + what + (ended ? " before the connection ended" : " came in time") + state());
        }
        pause(left);
      }
    }
  }

  /** The next event of the log of this stream. */
  Block event(String type, String streamId) {
    return await(
        block -> block.isNamed(type) && block.text("streamId").equals(streamId),
        type + " of stream " + streamId);
  }

  /** The next word of the server with this name. */
  Block named(String name) {
    return await(block -> block.isNamed(name), "event \"" + name + "\"");
  }

  /** Waits until the server has ended the connection, and says how. */
  String awaitEnd() {
    long deadline = System.nanoTime() + patienceNanos;
    synchronized (blocks) {
      while (!ended) {
        long left = deadline - System.nanoTime();
        Broken.unless(left > 0, "the connection stays open" + state());
        pause(left);
      }
      Broken.unless(failure == null, "the connection broke: " + failure);
      return "ended";
    }
  }

  private void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.timedWait(blocks, Math.max(nanos, 1_000_000));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  boolean isEnded() {
    synchronized (blocks) {
      return ended;
    }
  }

  /** All blocks so far. */
  List<Block> all() {
    synchronized (blocks) {
      return List.copyOf(blocks);
    }
  }

  /** The numbers in the ids of all events of the log so far; -1 where there is none. */
  List<Long> numbers() {
    return all().stream()
        .filter(Block::isLogged)
        .map(block -> block.position().orElse(-1))
        .toList();
  }

  /** The ids of all events of the log so far. */
  List<String> positions() {
    return all().stream().filter(Block::isLogged).map(Block::id).toList();
  }

  /** The last id, as a browser would keep it; null before the first. */
  String lastId() {
    return all().stream().map(Block::id).filter(id -> id != null).reduce((a, b) -> b).orElse(null);
  }

  private String state() {
    List<Block> last = blocks.subList(Math.max(0, blocks.size() - 4), blocks.size());
    return (failure == null ? "" : "; broken by " + failure) + "; the last blocks: " + last;
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
