package io.flowfi.relay;

import io.flowfi.log.LogIdentity;
import io.flowfi.log.LogPosition;
import io.flowfi.log.LogSecret;
import io.flowfi.log.LoggedEvent;
import io.flowfi.payment.Address;
import io.flowfi.payment.EventType;
import io.flowfi.payment.StreamId;
import io.flowfi.relay.DroppedMessageException.Reason;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;

/**
 * Messages as bytes, sealed by HMAC-SHA-256 with the log's secret. Only nodes of the log know it,
 * and they only seal what is committed. So what carries the messages can hold them back or repeat
 * them, but not make one up.
 *
 * <p>The form: the version of the events' form (1 byte); length (1 byte) and text of the log's
 * identity; sender, time, head (8 bytes each); number of events (4 bytes); the events; the seal (32
 * bytes). All versions have the same form apart from the events. A version that is not known here
 * is a message without events, so nodes of two versions work side by side. Numbers are big-endian.
 *
 * <p>Used by one thread.
 */
final class SealedMessages {
  private static final int VERSION = 1;
  private static final int SEAL = 32;

  /** Bits of an event's first byte: which optional fields follow. */
  private static final int STREAM = 1;

  private static final int SENDER = 2;
  private static final int RECIPIENT = 4;

  private final byte[] identity;
  private final Mac mac;
  private final int longest;

  /**
   * @param longest bytes a message may have
   */
  SealedMessages(LogIdentity log, LogSecret secret, int longest) {
    this.identity = log.text().getBytes(StandardCharsets.US_ASCII);
    this.mac = secret.mac("relay");
    this.longest = longest;
  }

  /** Empty if it is longer than a message may be. */
  Optional<byte[]> seal(Message message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      out.writeByte(identity.length);
      out.write(identity);
      out.writeLong(message.sender());
      out.writeLong(message.sentNanos());
      out.writeLong(message.head().value());
      out.writeInt(message.events().size());
      for (LoggedEvent event : message.events()) {
        write(out, event);
        if (out.size() > longest - SEAL) {
          return Optional.empty();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    byte[] sealed = Arrays.copyOf(bytes.toByteArray(), bytes.size() + SEAL);
    mac.update(sealed, 0, bytes.size());
    System.arraycopy(mac.doFinal(), 0, sealed, bytes.size(), SEAL);
    return Optional.of(sealed);
  }

  /**
   * @throws DroppedMessageException if no node of this log has sealed it
   */
  Message open(byte[] sealed) throws DroppedMessageException {
    int length = sealed.length - SEAL;
    if (length < 2 + identity.length) {
      throw new DroppedMessageException(Reason.UNSIGNED);
    }
    if (sealed[1] != identity.length
        || !Arrays.equals(sealed, 2, 2 + identity.length, identity, 0, identity.length)) {
      throw new DroppedMessageException(Reason.FOREIGN);
    }
    mac.update(sealed, 0, length);
    if (!MessageDigest.isEqual(mac.doFinal(), Arrays.copyOfRange(sealed, length, sealed.length))) {
      throw new DroppedMessageException(Reason.UNSIGNED);
    }
    int start = 2 + identity.length;
    try (DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(sealed, start, length - start))) {
      return read(in, sealed[0] == VERSION);
    } catch (IOException e) {
      throw new UncheckedIOException("a node has sealed a message that breaks off", e);
    }
  }

  private static Message read(DataInputStream in, boolean withEvents) throws IOException {
    long sender = in.readLong();
    long sentNanos = in.readLong();
    LogPosition head = new LogPosition(in.readLong());
    int count = withEvents ? in.readInt() : 0;
    List<LoggedEvent> events = new ArrayList<>(count);
    for (long position = head.value() - count + 1; position <= head.value(); position++) {
      events.add(event(in, new LogPosition(position)));
    }
    return new Message(sender, sentNanos, head, events);
  }

  private static void write(DataOutputStream out, LoggedEvent event) throws IOException {
    out.writeByte(
        (event.streamId().isPresent() ? STREAM : 0)
            | (event.sender().isPresent() ? SENDER : 0)
            | (event.recipient().isPresent() ? RECIPIENT : 0));
    writeText(out, event.type().wireName());
    if (event.streamId().isPresent()) {
      out.writeLong(event.streamId().get().bits());
    }
    if (event.sender().isPresent()) {
      writeText(out, event.sender().get().strKey());
    }
    if (event.recipient().isPresent()) {
      writeText(out, event.recipient().get().strKey());
    }
    out.writeLong(event.timestamp());
    writeText(out, event.payload());
  }

  private static LoggedEvent event(DataInputStream in, LogPosition position) throws IOException {
    int fields = in.readUnsignedByte();
    EventType type = EventType.named(readText(in));
    Optional<StreamId> stream =
        (fields & STREAM) == 0 ? Optional.empty() : Optional.of(new StreamId(in.readLong()));
    return new LoggedEvent(
        position,
        type,
        stream,
        (fields & SENDER) == 0 ? Optional.empty() : Optional.of(new Address(readText(in))),
        (fields & RECIPIENT) == 0 ? Optional.empty() : Optional.of(new Address(readText(in))),
        in.readLong(),
        readText(in));
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  private static String readText(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
  }
}
