package io.flowfi.conformance;

import static io.flowfi.conformance.Check.STREAM;

import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Which events come, and that each comes once. Nothing is awaited that should not come. */
final class FilterChecks {
  private FilterChecks() {}

  static List<Check> all() {
    return List.of(
        Check.of(
            "filters.streams",
            STREAM,
            "streams=1&streams=2 follows these streams and no other",
            subject -> streams(subject, "&streams=")),
        Check.of(
            "filters.streams-list",
            STREAM,
            "streams=1,2 follows these streams and no other",
            subject -> streams(subject, ",")),
        Check.of(
            "filters.later-stream",
            STREAM,
            "an id that does not exist yet is a valid filter",
            FilterChecks::laterStream),
        Check.of(
            "filters.sender",
            STREAM,
            "users= follows what this account sends and nothing else",
            subject -> user(subject, true)),
        Check.of(
            "filters.recipient",
            STREAM,
            "users= follows what this account receives and nothing else",
            subject -> user(subject, false)),
        Check.of("filters.all", STREAM, "all=true follows everything", FilterChecks::everything),
        Check.of("filters.types", STREAM, "types= narrows the other filters", FilterChecks::types),
        Check.of(
            "filters.once",
            STREAM,
            "an event that matches several filters is delivered once",
            FilterChecks::once));
  }

  private static String streams(Subject subject, String separator) throws IOException {
    String one = subject.create(Accounts.account(), Accounts.account());
    String two = subject.create(Accounts.account(), Accounts.account());
    String other = subject.create(Accounts.account(), Accounts.account());
    try (Subscriber subscriber = subject.subscribe("streams=" + one + separator + two)) {
      subscriber.next();
      subject.topUp(one);
      subject.topUp(other);
      subject.topUp(two);
      subscriber.event("stream.topped_up", two);
      return exactly(subscriber, List.of(one, two));
    }
  }

  private static String laterStream(Subject subject) throws IOException {
    long last = Long.parseLong(subject.create(Accounts.account(), Accounts.account()));
    String next =
        LongStream.rangeClosed(last + 1, last + 250)
            .mapToObj(Long::toString)
            .collect(Collectors.joining(","));
    try (Subscriber subscriber = subject.subscribe("streams=" + next)) {
      subscriber.next();
      String id = subject.create(Accounts.account(), Accounts.account());
      if (!List.of(next.split(",")).contains(id)) {
        throw new NotApplicable("the next id was " + id + ", far from " + last);
      }
      return subscriber.event("stream.created", id).toString();
    }
  }

  private static String user(Subject subject, boolean isSender) throws IOException {
    String account = Accounts.account();
    String other = Accounts.account();
    try (Subscriber subscriber = subject.subscribe("users=" + account)) {
      subscriber.next();
      String one = isSender ? subject.create(account, other) : subject.create(other, account);
      subject.create(other, Accounts.account());
      String two = isSender ? subject.create(account, other) : subject.create(other, account);
      subscriber.event("stream.created", two);
      return exactly(subscriber, List.of(one, two));
    }
  }

  private static String everything(Subject subject) throws IOException {
    try (Subscriber subscriber = subject.subscribe("all=true")) {
      subscriber.next();
      String one = subject.create(Accounts.account(), Accounts.account());
      String two = subject.create(Accounts.account(), Accounts.account());
      subscriber.event("stream.created", one);
      subscriber.event("stream.created", two);
      return "streams " + one + " and " + two;
    }
  }

  private static String types(Subject subject) throws IOException {
    String account = Accounts.account();
    try (Subscriber subscriber =
        subject.subscribe("users=" + account + "&types=stream.paused,stream.topped_up")) {
      subscriber.next();
      String id = subject.create(account, Accounts.account());
      subject.command(id, "pause", subject.object());
      subject.command(id, "resume", subject.object());
      subject.topUp(id);
      subscriber.event("stream.topped_up", id);
      List<String> came =
          subscriber.all().stream().filter(Block::isLogged).map(Block::event).toList();
      Broken.unless(came.equals(List.of("stream.paused", "stream.topped_up")), came.toString());
      return came.toString();
    }
  }

  private static String once(Subject subject) throws IOException {
    String sender = Accounts.account();
    String recipient = Accounts.account();
    String id = subject.create(sender, recipient);
    try (Subscriber subscriber =
        subject.subscribe("all=true&streams=" + id + "&users=" + sender + "&users=" + recipient)) {
      subscriber.next();
      subject.topUp(id);
      subject.command(id, "pause", subject.object());
      subscriber.event("stream.paused", id);
      List<String> came =
          subscriber.all().stream()
              .filter(block -> block.isLogged() && block.text("streamId").equals(id))
              .map(Block::event)
              .toList();
      Broken.unless(came.equals(List.of("stream.topped_up", "stream.paused")), came.toString());
      return came.toString();
    }
  }

  private static String exactly(Subscriber subscriber, List<String> streams) {
    List<String> came =
        subscriber.all().stream()
            .filter(Block::isLogged)
            .map(block -> block.text("streamId"))
            .toList();
    Broken.unless(came.equals(streams), "events of streams " + came + " instead of " + streams);
    return "events of streams " + came;
  }
}
