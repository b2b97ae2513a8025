package io.flowfi.conformance;

import static io.flowfi.conformance.Check.STREAM;

import java.io.IOException;
import java.util.List;

/** Positions that cannot be resumed from. */
final class ResetChecks {
  /** Beyond the head of any log, and still a number that JavaScript can hold. */
  private static final String FUTURE = "9007199254740000";

  private ResetChecks() {}

  static List<Check> all() {
    return List.of(
        Check.of(
            "reset.future",
            STREAM,
            "a position beyond the head gets reset with unknown_position, oldest and head",
            subject -> reset(subject, FUTURE, "unknown_position")),
        Check.of(
            "reset.another-log",
            STREAM,
            "an id of another log gets reset with unknown_position, where ids name their log",
            ResetChecks::anotherLog),
        Check.of(
            "reset.past",
            STREAM,
            "a position older than what is retained gets reset with history_trimmed",
            subject -> {
              long oldest = oldest(subject);
              if (oldest < 3) {
                throw new NotApplicable("nothing is trimmed: the oldest position is " + oldest);
              }
              return reset(subject, "1", "history_trimmed");
            }),
        Check.of(
            "reset.then-live",
            STREAM,
            "after reset come live events, none from before",
            ResetChecks::thenLive));
  }

  private static String reset(Subject subject, String position, String reason) throws IOException {
    try (Subscriber subscriber = subject.resume("users=" + Accounts.account(), position)) {
      subscriber.next();
      Block reset = subscriber.next();
      boolean isWhole =
          reset.isNamed("reset")
              && reset.text("reason").equals(reason)
              && reset.json().path("oldest").isIntegralNumber()
              && reset.json().path("head").isIntegralNumber();
      Broken.unless(isWhole, "the block after the first: " + reset);
      return reset.toString();
    }
  }

  private static String anotherLog(Subject subject) throws IOException {
    String query = "users=" + Accounts.account();
    Block first;
    try (Subscriber subscriber = subject.subscribe(query)) {
      first = subscriber.next();
    }
    if (first.id() == null || !first.id().contains(".")) {
      throw new NotApplicable("ids are plain positions, such as " + first.id());
    }
    return reset(subject, first.id().replaceFirst("[.].*", ".another"), "unknown_position");
  }

  private static long oldest(Subject subject) throws IOException {
    try (Subscriber subscriber = subject.resume("users=" + Accounts.account(), FUTURE)) {
      return subscriber.named("reset").json().path("oldest").asLong();
    }
  }

  private static String thenLive(Subject subject) throws IOException {
    String account = Accounts.account();
    subject.create(account, Accounts.account());
    try (Subscriber subscriber = subject.resume("users=" + account, FUTURE)) {
      subscriber.named("reset");
      String live = subject.create(account, Accounts.account());
      Block event = subscriber.event("stream.created", live);
      Broken.unless(
          subscriber.positions().equals(List.of(event.id())),
          "only " + event.id() + " is new, but " + subscriber.positions() + " came");
      return event.toString();
    }
  }
}
