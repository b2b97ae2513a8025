package io.flowfi.conformance;

import static io.flowfi.conformance.Check.STREAM;

import io.flowfi.conformance.HttpConnection.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The sign of life of a silent connection. */
final class HeartbeatChecks {
  private static final long SILENCE = Duration.ofSeconds(45).toNanos();

  /** What cuts a silent connection after 5 s asks for heartbeats: they must come before that. */
  private static final long ASKED_FOR = Duration.ofSeconds(5).toNanos();

  private HeartbeatChecks() {}

  static List<Check> all() {
    return List.of(
        Check.of(
            "heartbeat.asked-for",
            STREAM,
            "heartbeat=2 brings a named event every 2 s or little more (less than 5), again and again",
            HeartbeatChecks::askedFor),
        Check.of(
            "heartbeat.position",
            STREAM,
            "a heartbeat has the head in its data and as its id",
            HeartbeatChecks::position),
        Check.of(
            "heartbeat.moves",
            STREAM,
            "the id of a heartbeat moves on though nothing matches, and can be resumed from",
            HeartbeatChecks::moves),
        Check.of(
            "heartbeat.malformed",
            Check.ANSWERS,
            "a heartbeat that is no number is 400",
            subject -> {
              Answer answer =
                  subject.get(
                      "/v1/events/subscribe?heartbeat=abc&users=" + Accounts.account(),
                      "Accept: text/event-stream");
              Broken.unless(answer.status() == 400, answer.toString());
              return "400";
            }),
        Check.longer(
            "heartbeat.by-default",
            STREAM,
            "without heartbeat= something comes before 45 s of silence",
            subject -> {
              try (Subscriber subscriber = subject.subscribe("users=" + Accounts.account())) {
                subscriber.next();
                return subscriber
                    .await(
                        block -> true,
                        "heartbeat",
                        Math.min(SILENCE, 5 * subject.target().patience().toNanos()))
                    .toString();
              }
            }));
  }

  private static String askedFor(Subject subject) throws IOException {
    try (Subscriber subscriber = subject.subscribe("heartbeat=2&users=" + Accounts.account())) {
      for (int beat = 1; beat <= 2; beat++) {
        subscriber.await(block -> block.isNamed("heartbeat"), "heartbeat within 5 s", ASKED_FOR);
      }
      return "two heartbeats";
    }
  }

  private static String position(Subject subject) throws IOException {
    try (Subscriber subscriber = subject.subscribe("heartbeat=2&users=" + Accounts.account())) {
      // heartbeats that are not named are another check's
      subscriber.next();
      Block beat = subscriber.next();
      Broken.unless(beat.hasItsPositionAsHead(), beat.toString());
      return beat.toString();
    }
  }

  private static String moves(Subject subject) throws IOException {
    String account = Accounts.account();
    String query = "heartbeat=2&users=" + account;
    String beat;
    try (Subscriber subscriber = subject.subscribe(query)) {
      subscriber.next();
      String other = Accounts.account();
      long head;
      try (Subscriber others = subject.subscribe("users=" + other)) {
        String id = subject.create(other, Accounts.account());
        head = others.event("stream.created", id).position().orElse(-1);
      }
      Block moved =
          subscriber.await(
              block -> block.position().orElse(-1) >= head, "id of " + head + " or later");
      beat = moved.id();
    }
    String id = subject.create(account, Accounts.account());
    try (Subscriber resumed = subject.resume(query, beat)) {
      resumed.event("stream.created", id);
      Broken.unless(resumed.all().stream().noneMatch(block -> block.isNamed("reset")), "a reset");
      return "id " + beat;
    }
  }
}
