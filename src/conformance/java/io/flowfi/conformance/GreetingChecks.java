package io.flowfi.conformance;

import static io.flowfi.conformance.Check.STREAM;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** The first block of a connection. */
final class GreetingChecks {
  private static final int CONNECTIONS = 8;

  private GreetingChecks() {}

  static List<Check> all() {
    return List.of(
        Check.of(
            "greeting.connected",
            STREAM,
            "the first block is unnamed and says connected",
            subject -> {
              Block first = greetings(subject, 1).get(0);
              Broken.unless(
                  first.event() == null && first.text("type").equals("connected"),
                  first.toString());
              return first.toString();
            }),
        Check.of(
            "greeting.position",
            STREAM,
            "id is the position this connection starts from, the same as head",
            subject -> {
              Block first = greetings(subject, 1).get(0);
              Broken.unless(first.hasItsPositionAsHead(), first.toString());
              return "id " + first.id();
            }),
        Check.of(
            "greeting.log",
            STREAM,
            "log names the log, the same on every connection",
            subject -> {
              List<String> logs = texts(greetings(subject, 2), "log");
              Broken.unless(
                  !logs.get(0).isEmpty() && logs.get(0).equals(logs.get(1)), logs.toString());
              return logs.get(0);
            }),
        Check.of(
            "greeting.client-id",
            STREAM,
            "each connection has a clientId of its own",
            subject -> {
              List<String> ids = texts(greetings(subject, 2), "clientId");
              Broken.unless(
                  !ids.get(0).isEmpty() && !ids.get(0).equals(ids.get(1)), ids.toString());
              return ids.toString();
            }),
        Check.of(
            "greeting.retry",
            STREAM,
            "retry of about 5 s (4 to 6)",
            subject -> {
              String retry = String.valueOf(greetings(subject, 1).get(0).retry());
              Broken.unless(isBetween(retry, 4_000, 6_000), "retry: " + retry);
              return retry + " ms";
            }),
        Check.of(
            "greeting.retry-differs",
            STREAM,
            "retry differs from connection to connection",
            subject -> {
              List<String> retries =
                  greetings(subject, CONNECTIONS).stream()
                      .map(block -> String.valueOf(block.retry()))
                      .toList();
              Broken.unless(new HashSet<>(retries).size() > 1, retries.toString());
              return retries.toString();
            }),
        Check.of(
            "greeting.without-prefix",
            "introduction",
            "the same resource answers without /v1",
            subject -> {
              String path = "/events/subscribe?users=" + Accounts.account();
              try (Subscriber subscriber = subject.open(path, 0).read()) {
                return subscriber.next().toString();
              }
            }));
  }

  static boolean isBetween(String number, long least, long most) {
    return number.matches("\\d{1,9}")
        && Long.parseLong(number) >= least
        && Long.parseLong(number) <= most;
  }

  private static List<String> texts(List<Block> blocks, String field) {
    return blocks.stream().map(block -> block.text(field)).toList();
  }

  private static List<Block> greetings(Subject subject, int count) throws IOException {
    List<Block> greetings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      try (Subscriber subscriber = subject.subscribe("users=" + Accounts.account())) {
        greetings.add(subscriber.next());
      }
    }
    return greetings;
  }
}
