package io.flowfi.relay;

import java.util.List;
import java.util.function.Consumer;

/**
 * Carries messages between the nodes of one log. It may lose, repeat, delay, reorder and forge
 * them. Each connection is used by one thread; only {@code close} may come from another, and it
 * makes the calls under way return.
 *
 * <p>All methods throw a RuntimeException if the connection cannot be made or has ended.
 */
public interface Channel {
  /** What carries the messages, one small word for statistics. */
  String name();

  /** Bytes of the longest message that it carries. */
  int longestMessage();

  Sending openSending();

  Receiving openReceiving();

  /** A connection that messages leave by. */
  interface Sending extends AutoCloseable {
    /** Sends the messages in their order, and returns when the channel has them all. */
    void send(List<byte[]> messages);

    @Override
    void close();
  }

  /** A connection that messages arrive by. */
  interface Receiving extends AutoCloseable {
    /**
     * Receives until the connection ends or is closed.
     *
     * @param subscribed runs once, when every later message of the channel arrives here
     */
    void receive(Runnable subscribed, Consumer<byte[]> message);

    @Override
    void close();
  }
}
