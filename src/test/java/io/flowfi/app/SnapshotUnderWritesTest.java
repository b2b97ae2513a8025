package io.flowfi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.flowfi.config.Environment;
import io.flowfi.config.ServerSettings;
import io.flowfi.fanout.EventOutput;
import io.flowfi.fanout.Subscriber;
import io.flowfi.fanout.Subscription;
import io.flowfi.frames.StreamEventTranslator;
import io.flowfi.it.TestAddresses;
import io.flowfi.ledger.CommandRequest;
import io.flowfi.log.EventFilter;
import io.flowfi.log.LogPosition;
import io.flowfi.log.StatePage;
import io.flowfi.payment.Address;
import io.flowfi.payment.Amount;
import io.flowfi.payment.PaymentStream;
import io.flowfi.payment.StreamCommand;
import io.flowfi.payment.StreamId;
import io.flowfi.time.Clocks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise of a snapshot, kept while commands are written all the time, clients read pieces of
 * any size, and reconnect after being cut off anywhere: the state of every stream, and every later
 * event, none lost and none twice. A stream's version rises by one with each event, so every lost
 * or repeated event shows.
 */
class SnapshotUnderWritesTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Address TOKEN = Address.parse("token", TestAddresses.account(99));
  private static final int USERS = 12;
  private static final int CLIENTS = 24;

  @TempDir Path directory;
  private final Random random = new Random(20_265);
  private final List<StreamId> streams = new ArrayList<>();
  private EventServer node;

  @BeforeEach
  void start() {
    Map<String, String> environment = Map.of("FLOWFI_DATA_DIR", directory.toString());
    node =
        new EventServer(
            ServerSettings.from(new Environment(environment, Map.of())),
            new StreamEventTranslator(),
            Clocks.system());
    node.start();
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static Address user(int number) {
    return Address.parse("user", TestAddresses.account(number));
  }

  private CompletableFuture<?> submit(Random choice) {
    StreamCommand command =
        streams.isEmpty() || choice.nextInt(4) == 0
            ? new StreamCommand.Create(
                Optional.empty(),
                user(choice.nextInt(USERS)),
                user(choice.nextInt(USERS)),
                TOKEN,
                Amount.of(1),
                Amount.of(1_000_000),
                1_700_000_000,
                Optional.empty())
            : new StreamCommand.TopUp(
                streams.get(choice.nextInt(streams.size())), Amount.of(1), Optional.empty());
    return node.real()
        .ledger()
        .submit(CommandRequest.of(command))
        .thenAccept(receipt -> noteIfNew(receipt.stream()))
        .toCompletableFuture();
  }

  private synchronized void noteIfNew(PaymentStream stream) {
    if (stream.version() == 1) {
      streams.add(stream.id());
    }
  }

  private synchronized void play(Random choice, int commands) {
    CompletableFuture<?>[] batch = new CompletableFuture<?>[commands];
    for (int i = 0; i < commands; i++) {
      batch[i] = submit(choice);
    }
    all = CompletableFuture.allOf(batch);
  }

  private CompletableFuture<Void> all = CompletableFuture.completedFuture(null);

  private EventFilter filter(int client) {
    return switch (client % 4) {
      case 0 -> EventFilter.EVERYTHING;
      case 1 -> new EventFilter(false, Set.of(), Set.of(user(client % USERS)), Set.of());
      case 2 ->
          new EventFilter(
              false,
              Set.of(),
              IntStream.range(0, 5)
                  .mapToObj(SnapshotUnderWritesTest::user)
                  .collect(Collectors.toSet()),
              Set.of());
      default ->
          new EventFilter(
              false, Set.copyOf(streams.subList(0, 100)), Set.of(user(client % USERS)), Set.of());
    };
  }

  @Test
  void shouldSendStateAndEveryLaterEventOnceWhileEverythingChanges() {
    for (int i = 0; i < 10; i++) {
      play(random, 200);
      all.join();
    }
    List<Client> clients =
        IntStream.range(0, CLIENTS).mapToObj(i -> new Client(filter(i))).toList();
    Random choice = new Random(7);
    for (int round = 0; round < 80; round++) {
      play(choice, 20);
      for (Client client : clients) {
        client.read(random.nextInt(6_000));
      }
      if (round > 5 && round % 3 == 0) {
        clients.get(random.nextInt(CLIENTS)).comeBack();
      }
      all.join();
    }
    long head = node.real().store().log().bounds().head().value();
    assertThat(clients.stream().filter(client -> client.changesWithoutId > 0).count())
        .as("those who were sent changes within their snapshot")
        .isGreaterThan(3);
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(2))
        .until(
            () -> {
              clients.forEach(client -> client.read(100_000));
              return clients.stream().allMatch(client -> client.isLevel());
            });
    LogPosition end = new LogPosition(head);
    for (Client client : clients) {
      assertThat(client.versions)
          .as("%s", client.filter)
          .isEqualTo(
              node
                  .real()
                  .store()
                  .states()
                  .read(client.filter, LogPosition.BEGINNING, end, 100_000)
                  .states()
                  .stream()
                  .map(StatePage.State::stream)
                  .collect(Collectors.toMap(s -> s.id().toString(), s -> s.version())));
    }
  }

  /** Reads on request, and stores what it gets as a page in a browser would. */
  private final class Client {
    private final EventFilter filter;
    private final Map<String, Long> versions = new HashMap<>();
    private Connection connection;
    private Long lastId;
    private int changesWithoutId;

    Client(EventFilter filter) {
      this.filter = filter;
      connection = new Connection(this);
    }

    void read(int bytes) {
      connection.makeRoom(bytes);
      connection.takeFrames().forEach(this::take);
    }

    /** The connection breaks; a client without a position starts over. */
    void comeBack() {
      connection.takeFrames().forEach(this::take);
      connection.subscriber.disconnected();
      if (lastId == null) {
        versions.clear();
      }
      connection = new Connection(this);
    }

    private void take(String frame) {
      Map<String, String> fields = new HashMap<>();
      for (String line : frame.split("\n")) {
        int colon = line.indexOf(": ");
        fields.put(line.substring(0, colon), line.substring(colon + 2));
      }
      String event = fields.get("event");
      String id = fields.get("id");
      if (event != null && event.startsWith("stream.")) {
        JsonNode data = json(fields.get("data"));
        String stream = data.path("streamId").asText();
        long version = data.path("version").asLong();
        Long before = versions.put(stream, version);
        if (event.equals("stream.snapshot")) {
          assertThat(before).as("a second state of stream %s", stream).isNull();
        } else {
          assertThat(version)
              .as("%s of stream %s", event, stream)
              .isEqualTo(before == null ? 1 : before + 1);
        }
        if (id == null) {
          assertThat(lastId).as("without an id: %s", frame).isNull();
          changesWithoutId += event.equals("stream.snapshot") ? 0 : 1;
        }
      }
      if (id != null) {
        long position = Long.parseLong(id.substring(0, id.indexOf('.')));
        assertThat(position).isGreaterThanOrEqualTo(lastId == null ? 0 : lastId);
        lastId = position;
      }
    }

    /** Whether it has everything. */
    boolean isLevel() {
      return lastId != null
          && node.real().store().log().read(new LogPosition(lastId), filter, 1).events().isEmpty();
    }

    private JsonNode json(String text) {
      try {
        return JSON.readTree(text);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** A socket with the room that its client has made. */
  private final class Connection implements EventOutput {
    final Subscriber subscriber;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private int room;
    private boolean full;

    Connection(Client client) {
      subscriber =
          node.real()
              .fanOut()
              .prepare(
                  new Subscription(
                      "c",
                      client.filter,
                      Optional.ofNullable(client.lastId).map(LogPosition::new),
                      true),
                  through -> {});
      subscriber.start(this);
    }

    @Override
    public synchronized boolean offer(ByteBuffer block) {
      byte[] taken = new byte[Math.min(room, block.remaining())];
      block.get(taken);
      received.writeBytes(taken);
      room -= taken.length;
      full = block.hasRemaining();
      return !full;
    }

    void makeRoom(int bytes) {
      boolean wasFull;
      synchronized (this) {
        room = bytes;
        wasFull = full;
      }
      if (wasFull) {
        subscriber.writable();
      }
    }

    /** The whole ones since the last time. */
    synchronized List<String> takeFrames() {
      String text = received.toString(StandardCharsets.UTF_8);
      int end = text.lastIndexOf("\n\n");
      if (end < 0) {
        return List.of();
      }
      received.reset();
      received.writeBytes(text.substring(end + 2).getBytes(StandardCharsets.UTF_8));
      return List.of(text.substring(0, end).split("\n\n"));
    }

    @Override
    public void close() {
      // nothing to release
    }
  }
}
