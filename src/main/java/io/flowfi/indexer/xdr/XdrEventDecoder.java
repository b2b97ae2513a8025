package io.flowfi.indexer.xdr;

import io.flowfi.indexer.EntryState;
import io.flowfi.indexer.EventDecoder;
import io.flowfi.indexer.Oddity;
import io.flowfi.indexer.RpcEvent;
import io.flowfi.indexer.UndecodableEventException;
import io.flowfi.ledger.ChainFact;
import io.flowfi.ledger.StreamEntry;
import io.flowfi.payment.Address;
import io.flowfi.payment.Fact;
import io.flowfi.payment.Parties;
import io.flowfi.payment.ProtocolFact;
import io.flowfi.payment.StreamFact;
import io.flowfi.payment.StreamId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Decodes the events and entries of one contract. Bytes that are not exactly one well-formed value
 * are a decode fault, whatever goes wrong over them; it never ends the thread. What is well-formed
 * always has a fact, because the contract may be upgraded to emit what it likes:
 *
 * <ul>
 *   <li>An event of {@link ContractEvents} with its fields is that fact. Fields that we do not know
 *       are left out and counted.
 *   <li>One with such a name and other fields is {@code Changed}, and counted.
 *   <li>An event with any other name is {@code Changed}: of the stream that its second topic names
 *       (a u64), or else the field {@code stream_id} of its data; of the protocol if neither does.
 *   <li>If topic and data name different streams, the topic counts: it is what the chain's readers
 *       filter by. The contradiction is counted.
 * </ul>
 *
 * For any thread.
 */
public final class XdrEventDecoder implements EventDecoder {
  /** Characters of JSON: twice what the events of one transaction can be as hexadecimal digits. */
  static final int MAX_DATA = 64 * 1024;

  private static final String NO_DATA = "null";
  private static final String CODE_CHANGED = "executable_update";
  private static final String STREAM_ID = "stream_id";

  private final Address contract;
  private final Consumer<String> anomalies;
  private final StreamEntries entries;

  /**
   * A decoder for one contract.
   *
   * @param anomalies is called with the name of a counter for each oddity of what is well-formed,
   *     each time it is read
   */
  public XdrEventDecoder(Address contract, Consumer<String> anomalies) {
    this.contract = contract;
    this.anomalies = anomalies;
    this.entries = new StreamEntries(contract);
  }

  @Override
  public ChainFact decode(RpcEvent event) {
    try {
      checkOrigin(event);
      Topics topics = Topics.of(event.topics());
      Fact fact = fact(event, topics, XdrReader.read("value", event.value()));
      boolean kept = fact instanceof StreamFact.Changed || fact instanceof ProtocolFact.Changed;
      return new ChainFact(
          fact,
          event.position(),
          event.transactionHash(),
          event.closedAt(),
          topics.name(),
          digest(event),
          kept ? Optional.of(raw(event)) : Optional.empty());
    } catch (RuntimeException | Error undecodable) {
      // an Error too: the reader of the SDK can run out of stack or memory
      throw new UndecodableEventException(
          "event " + event.id() + ": " + reason(undecodable), streamOf(event), undecodable);
    }
  }

  @Override
  public String keyOf(StreamId stream) {
    return entries.keyOf(stream);
  }

  @Override
  public StreamEntry entry(StreamId stream, EntryState entry) {
    try {
      return entries.read(stream, entry, this::count);
    } catch (RuntimeException | Error undecodable) {
      throw new UndecodableEventException(
          "entry of stream " + stream + ": " + reason(undecodable),
          Optional.of(stream),
          undecodable);
    }
  }

  private void checkOrigin(RpcEvent event) {
    if (!event.contractId().equals(contract.strKey())) {
      throw new MalformedXdrException("it is of another contract: " + event.contractId(), null);
    }
    long bytes = event.value().length;
    for (byte[] topic : event.topics()) {
      bytes += topic.length;
    }
    if (bytes > XdrReader.MAX_BYTES) {
      throw new MalformedXdrException("topics and value have " + bytes + " bytes", null);
    }
  }

  private Fact fact(RpcEvent event, Topics topics, Value value) {
    if (event.kind() == RpcEvent.Kind.SYSTEM) {
      return systemFact(topics, value);
    }
    Optional<StreamId> told = streamIn(value);
    if (topics.stream().isPresent() && told.isPresent() && !told.equals(topics.stream())) {
      count(Oddity.OTHER_STREAM_ID);
    }
    Optional<ContractEvents.OfStream> ofStream = ContractEvents.ofStream(topics.name());
    Optional<ContractEvents.OfProtocol> ofProtocol = ContractEvents.ofProtocol(topics.name());
    try {
      if (ofStream.isPresent() && topics.stream().isPresent()) {
        Fields fields = Fields.of(value);
        fields.ignore(STREAM_ID);
        StreamId stream = topics.stream().get();
        return known(ofStream.get().fact(stream, event.closedAt(), fields), fields, topics);
      } else if (ofProtocol.isPresent() && topics.stream().isEmpty()) {
        Fields fields = Fields.of(value);
        return known(ofProtocol.get().fact(fields), fields, topics);
      }
    } catch (OtherShapeException changed) {
      return otherShape(topics, told, value);
    }
    boolean named = ofStream.isPresent() || ofProtocol.isPresent();
    return named ? otherShape(topics, told, value) : changed(topics, told, value);
  }

  private Fact known(Fact fact, Fields fields, Topics topics) {
    if (fields.unknown() > 0 || !topics.others().isEmpty()) {
      count(Oddity.UNKNOWN_FIELD);
    }
    return fact;
  }

  private Fact otherShape(Topics topics, Optional<StreamId> told, Value value) {
    count(Oddity.OTHER_SHAPE);
    return changed(topics, told, value);
  }

  private Fact changed(Topics topics, Optional<StreamId> told, Value value) {
    String data = data(topics.others(), value);
    return topics.stream()
        .or(() -> told)
        .<Fact>map(id -> new StreamFact.Changed(id, partiesOf(value), topics.name(), data))
        .orElseGet(() -> new ProtocolFact.Changed(topics.name(), data));
  }

  /** The host's own events; {@code update_current_contract_wasm} emits the one that we know. */
  private Fact systemFact(Topics topics, Value value) {
    if (topics.name().equals(CODE_CHANGED) && topics.others().size() == 2) {
      return new ProtocolFact.ContractUpgraded(
          executable(topics.others().get(0)), executable(topics.others().get(1)));
    }
    return new ProtocolFact.Changed(topics.name(), data(topics.others(), value));
  }

  /** The hash of the code; of an executable that is no code of its own: what it is, as JSON. */
  private static String executable(Value value) {
    boolean wasm = Fields.variant(value).filter("Wasm"::equals).isPresent();
    return wasm
            && ((Value.Vector) value).values().size() == 2
            && ((Value.Vector) value).values().get(1) instanceof Value.Bytes hash
        ? HexFormat.of().formatHex(hash.value())
        : ValueJson.of(value);
  }

  private String data(List<Value> others, Value value) {
    String json = others.isEmpty() ? ValueJson.of(value) : ValueJson.of(others, value);
    if (json.length() > MAX_DATA) {
      count(Oddity.DATA_TOO_LARGE);
      return NO_DATA;
    }
    return json;
  }

  private static Optional<StreamId> streamIn(Value value) {
    if (value instanceof Value.Table table) {
      for (Value.Entry entry : table.entries()) {
        if (entry.key() instanceof Value.Symbol name && name.value().equals(STREAM_ID)) {
          return Topics.streamId(entry.value());
        }
      }
    }
    return Optional.empty();
  }

  /** What an event that we do not know says of the parties. A new recipient is the recipient. */
  private static Parties partiesOf(Value value) {
    try {
      Fields fields = Fields.of(value);
      Parties parties = fields.parties();
      return parties.recipient().isPresent()
          ? parties
          : new Parties(parties.sender(), fields.optionalAddress("new_recipient"));
    } catch (OtherShapeException notTold) {
      return Parties.NONE;
    }
  }

  /** From the topics of an event that could not be decoded. */
  private static Optional<StreamId> streamOf(RpcEvent event) {
    try {
      return event.topics().size() < 2
          ? Optional.empty()
          : Topics.streamId(XdrReader.read("topic 1", event.topics().get(1)));
    } catch (RuntimeException | Error unreadable) {
      return Optional.empty();
    }
  }

  private static byte[] digest(RpcEvent event) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      add(digest, event.kind().name().getBytes(StandardCharsets.US_ASCII));
      for (byte[] topic : event.topics()) {
        add(digest, topic);
      }
      add(digest, event.value());
      return digest.digest();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void add(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(4).putInt(0, bytes.length));
    digest.update(bytes);
  }

  private static String raw(RpcEvent event) {
    Base64.Encoder base64 = Base64.getEncoder();
    String topics =
        event.topics().stream()
            .map(topic -> '"' + base64.encodeToString(topic) + '"')
            .collect(Collectors.joining(","));
    return "{\"topics\":["
        + topics
        + "],\"value\":\""
        + base64.encodeToString(event.value())
        + "\"}";
  }

  private static String reason(Throwable undecodable) {
    return undecodable instanceof MalformedXdrException
        ? undecodable.getMessage()
        : undecodable.toString();
  }

  private void count(Oddity anomaly) {
    anomalies.accept(anomaly.label());
  }
}
