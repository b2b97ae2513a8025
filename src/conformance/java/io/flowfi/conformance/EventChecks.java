package io.flowfi.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flowfi.conformance.HttpConnection.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What commands put on the stream. */
final class EventChecks {
  private static final String EVENTS = "2. Events";
  private static final String LARGEST = "170141183460469231731687303715884105727";
  private static final String REFERENCE = "Miete März 7 \u20ac \ud83d\ude80";

  private EventChecks() {}

  static List<Check> all() {
    return List.of(
        Check.of(
            "events.created",
            EVENTS,
            "stream.created has the common fields and its own",
            EventChecks::created),
        Check.of(
            "events.each-command",
            "1. Payment streams",
            "each command puts its event on the stream, with the next version",
            EventChecks::eachCommand),
        Check.of(
            "events.completed",
            "1. Payment streams",
            "a withdrawal that drains the deposit is followed by stream.completed",
            EventChecks::completed),
        Check.of("events.text", EVENTS, "text arrives as it was sent, in UTF-8", EventChecks::text),
        Check.of(
            "events.amounts",
            "1. Payment streams",
            "amounts are decimal strings of up to 39 digits",
            EventChecks::amounts),
        Check.of(
            "events.no-gaps",
            EVENTS,
            "positions grow by one, in the order of the commits",
            EventChecks::noGaps),
        Check.of(
            "events.history",
            Check.ANSWERS,
            "the history has the same events at the same positions",
            EventChecks::history));
  }

  private static String created(Subject subject) throws IOException {
    String sender = Accounts.account();
    String recipient = Accounts.account();
    try (Subscriber subscriber = subject.subscribe("users=" + sender)) {
      Block block = subscriber.event("stream.created", subject.create(sender, recipient));
      JsonNode json = block.json();
      ObjectNode expected = subject.newStream(sender, recipient);
      expected.put("version", 1).put("origin", "api");
      expected
          .properties()
          .forEach(
              field ->
                  Broken.unless(
                      field.getValue().asText().equals(json.path(field.getKey()).asText())
                          && field.getValue().isTextual() == json.path(field.getKey()).isTextual(),
                      field.getKey() + " should be " + field.getValue() + " in " + block));
      Broken.unless(json.path("timestamp").isIntegralNumber(), "no timestamp in " + block);
      Broken.unless(json.path("streamId").isTextual(), "streamId is no string in " + block);
      return block.toString();
    }
  }

  private static String eachCommand(Subject subject) throws IOException {
    String sender = Accounts.account();
    try (Subscriber subscriber = subject.subscribe("users=" + sender)) {
      String id = subject.create(sender, Accounts.account());
      subject.topUp(id);
      subject.command(id, "withdraw", subject.object().put("amount", "1"));
      subject.command(id, "pause", subject.object());
      subject.command(id, "resume", subject.object());
      subject.command(id, "cancel", subject.object());
      int version = 1;
      List<String> types =
          List.of("created", "topped_up", "withdrawn", "paused", "resumed", "cancelled");
      for (String type : types) {
        Block block = subscriber.await(Block::isLogged, "stream." + type);
        Broken.unless(
            block.isNamed("stream." + type) && block.json().path("version").asInt() == version++,
            "instead of stream." + type + ": " + block);
      }
      return types.toString();
    }
  }

  private static String completed(Subject subject) throws IOException {
    String sender = Accounts.account();
    try (Subscriber subscriber = subject.subscribe("users=" + sender)) {
      String id =
          subject.create(
              subject.newStream(sender, Accounts.account()).put("depositedAmount", "1000"));
      subject.command(id, "withdraw", subject.object());
      subscriber.event("stream.withdrawn", id);
      Block completed = subscriber.event("stream.completed", id);
      Broken.unless(completed.text("totalWithdrawn").equals("1000"), completed.toString());
      return completed.toString();
    }
  }

  private static String text(Subject subject) throws IOException {
    String sender = Accounts.account();
    try (Subscriber subscriber = subject.subscribe("users=" + sender)) {
      String id =
          subject.create(subject.newStream(sender, Accounts.account()).put("reference", REFERENCE));
      Block block = subscriber.event("stream.created", id);
      Broken.unless(block.text("reference").equals(REFERENCE), REFERENCE + " arrived as " + block);
      return block.text("reference");
    }
  }

  private static String amounts(Subject subject) throws IOException {
    String sender = Accounts.account();
    try (Subscriber subscriber = subject.subscribe("users=" + sender)) {
      String id =
          subject.create(
              subject
                  .newStream(sender, Accounts.account())
                  .put("ratePerSecond", LARGEST.substring(0, 36))
                  .put("depositedAmount", LARGEST));
      Block block = subscriber.event("stream.created", id);
      JsonNode amount = block.json().path("depositedAmount");
      Broken.unless(amount.isTextual() && amount.asText().equals(LARGEST), block.toString());
      return LARGEST;
    }
  }

  private static String noGaps(Subject subject) throws IOException {
    String sender = Accounts.account();
    try (Subscriber subscriber = subject.subscribe("all=true")) {
      long before = subscriber.next().position().orElse(-1);
      String id = subject.create(sender, Accounts.account());
      for (int i = 0; i < 9; i++) {
        subject.topUp(id);
      }
      List<Long> positions = new ArrayList<>(List.of(before));
      for (int own = 0; own < 10; ) {
        Block block = subscriber.await(Block::isLogged, "event of stream " + id);
        positions.add(block.position().orElse(-1));
        int last = positions.size() - 1;
        Broken.unless(positions.get(last - 1) + 1 == positions.get(last), "positions " + positions);
        own += block.text("streamId").equals(id) ? 1 : 0;
      }
      return positions.toString();
    }
  }

  private static String history(Subject subject) throws IOException {
    String sender = Accounts.account();
    try (Subscriber subscriber = subject.subscribe("users=" + sender)) {
      long start = subscriber.next().position().orElse(0);
      String id = subject.create(sender, Accounts.account());
      subject.topUp(id);
      subscriber.event("stream.topped_up", id);
      Answer answer = subject.get("/v1/events?order=asc&after=" + start + "&user=" + sender);
      List<Long> positions = new ArrayList<>();
      answer.json().path("events").forEach(event -> positions.add(event.path("seq").asLong()));
      Broken.unless(
          positions.equals(subscriber.numbers()),
          "history " + positions + ", stream " + subscriber.numbers());
      return positions.toString();
    }
  }
}
