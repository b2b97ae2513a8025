package io.flowfi.fanout;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** An output whose room the test controls, and which checks that nobody uses it wrongly. */
final class RecordingOutput implements EventOutput {
  private final Subscriber subscriber;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private long room;
  private boolean wantsWritable;
  private boolean ready = true;
  private boolean closed;
  private boolean broken;
  private int offers;
  private volatile Thread pump;
  private String misuse = "";
  private BooleanSupplier heldByOthers = () -> false;

  RecordingOutput(Subscriber subscriber, long room) {
    this.subscriber = subscriber;
    this.room = room;
  }

  /** Whether its pump waits for the monitor of it, which the test holds. */
  boolean isAwaited() {
    return pump != null && pump.getState() == Thread.State.BLOCKED;
  }

  Subscriber subscriber() {
    return subscriber;
  }

  /** From here on it is not ready, like one whose request is not finished. */
  synchronized void notYet() {
    ready = false;
  }

  void nowReady() {
    synchronized (this) {
      ready = true;
    }
    subscriber.writable();
  }

  @Override
  public synchronized boolean isReady() {
    return ready;
  }

  @Override
  public synchronized boolean offer(ByteBuffer block) throws IOException {
    offers++;
    if (!ready) {
      return false;
    }
    if (pump == null) {
      pump = Thread.currentThread();
    } else if (pump != Thread.currentThread()) {
      misuse = "offered from two threads";
    }
    if (closed) {
      misuse = "offered after close";
    }
    if (broken) {
      throw new IOException("Broken pipe");
    }
    if (wantsWritable && room == 0) {
      wantsWritable = true;
      return false;
    }
    int taken = (int) Math.min(room, block.remaining());
    byte[] bytes = new byte[taken];
    block.get(bytes);
    received.writeBytes(bytes);
    room -= taken;
    wantsWritable = block.hasRemaining();
    return !block.hasRemaining();
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  /** Lets more bytes in, as a peer that reads does. */
  void makeRoom(long bytes) {
    boolean tell;
    synchronized (this) {
      room += bytes;
      tell = wantsWritable;
    }
    if (tell) {
      subscriber.writable();
    }
  }

  /** Its answer to whether others are the cause. */
  synchronized void answerWhetherHeldByOthers(BooleanSupplier answer) {
    heldByOthers = answer;
  }

  @Override
  public synchronized boolean isHeldByOthers(long sinceNanos) {
    return heldByOthers.getAsBoolean();
  }

  /** Makes room without reporting it. */
  synchronized void roomForLastWords() {
    room = Long.MAX_VALUE / 2;
  }

  synchronized void breakDown() {
    broken = true;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  synchronized int offers() {
    return offers;
  }

  synchronized String misuse() {
    return misuse;
  }

  synchronized String text() {
    return received.toString(StandardCharsets.UTF_8);
  }

  /** Complete frames so far, without the blank line that ends them. */
  List<String> frames() {
    String text = text();
    int end = text.lastIndexOf("\n\n");
    return end < 0 ? List.of() : List.of(text.substring(0, end).split("\n\n"));
  }

  /** Positions of the events received, in the order received. */
  List<Long> events() {
    List<Long> ids = new ArrayList<>();
    for (String frame : frames()) {
      int id = frame.lastIndexOf("\nid: ");
      if (id > 0 && frame.startsWith("event: stream.")) {
        ids.add(Long.parseLong(frame.substring(id + "\nid: ".length(), frame.lastIndexOf('.'))));
      }
    }
    return ids;
  }
}
