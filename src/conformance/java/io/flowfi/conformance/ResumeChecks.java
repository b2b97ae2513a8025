package io.flowfi.conformance;

import static io.flowfi.conformance.Check.STREAM;

import io.flowfi.conformance.HttpConnection.Answer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Coming back with a position. */
final class ResumeChecks {
  private static final int RESUMING = 6;
  private static final int BETWEEN = 10;
  private static final int MOST_COMMANDS = 100_000;
  private static final int CUTS = 12;

  private ResumeChecks() {}

  static List<Check> all() {
    return List.of(
        Check.of(
            "resume.header",
            STREAM,
            "Last-Event-ID replays what came after it, then goes on live",
            subject -> {
              Past past = new Past(subject);
              return past.check(
                  subject.subscribe(past.query, "Last-Event-ID: " + past.positions.get(1)), 2);
            }),
        Check.of(
            "resume.query",
            STREAM,
            "lastEventId replays what came after it, then goes on live",
            subject -> {
              Past past = new Past(subject);
              return past.check(
                  subject.subscribe(past.query + "&lastEventId=" + past.positions.get(1)), 2);
            }),
        Check.of(
            "resume.header-wins",
            STREAM,
            "the header wins over the parameter",
            subject -> {
              Past past = new Past(subject);
              return past.check(
                  subject.subscribe(
                      past.query + "&lastEventId=" + past.positions.get(0),
                      "Last-Event-ID: " + past.positions.get(2)),
                  3);
            }),
        Check.of(
            "resume.from-zero",
            STREAM,
            "lastEventId=0 replays everything retained",
            subject -> {
              Past past = new Past(subject);
              return past.check(subject.resume(past.query, "0"), 0);
            }),
        Check.of(
            "resume.number",
            STREAM,
            "the number of an id is enough to resume",
            subject -> {
              Past past = new Past(subject);
              String number = past.positions.get(1).replaceFirst("[.].*", "");
              return past.check(subject.resume(past.query, number), 2);
            }),
        Check.of(
            "resume.seam",
            STREAM,
            "no gap, no duplicate, no reordering where replay and live events meet",
            ResumeChecks::seam),
        Check.of(
            "resume.after-cuts",
            STREAM,
            "a client that is cut off again and again gets everything once",
            ResumeChecks::afterCuts),
        Check.of(
            "resume.malformed",
            STREAM,
            "malformed ids are 400, in the header and in the parameter",
            ResumeChecks::malformed));
  }

  /** Four events of a new account. */
  private static final class Past {
    final Subject subject;
    final String query;
    final String stream;
    final List<String> positions;

    Past(Subject subject) throws IOException {
      this.subject = subject;
      String account = Accounts.account();
      this.query = "users=" + account;
      try (Subscriber subscriber = subject.subscribe(query)) {
        subscriber.next();
        this.stream = subject.create(account, Accounts.account());
        for (int i = 0; i < 3; i++) {
          subject.topUp(stream);
        }
        for (int i = 0; i < 4; i++) {
          subscriber.await(Block::isLogged, "event of stream " + stream);
        }
        this.positions = subscriber.positions();
      }
    }

    /** Expects the events from this one on, and one more that is sent now. */
    String check(Subscriber resumed, int from) throws IOException {
      try (resumed) {
        subject.command(stream, "pause", subject.object());
        Block live = resumed.event("stream.paused", stream);
        List<String> expected = new ArrayList<>(positions.subList(from, 4));
        expected.add(live.id());
        Broken.unless(
            resumed.positions().equals(expected),
            "expected " + expected + ", came " + resumed.positions());
        return "replayed " + positions.subList(from, 4) + ", live " + live.id();
      }
    }
  }

  private static String seam(Subject subject) throws IOException {
    String account = Accounts.account();
    String query = "users=" + account;
    List<Subscriber> resumed = new ArrayList<>();
    try (Subscriber whole = subject.subscribe(query)) {
      String start = whole.next().id();
      String id = subject.create(account, Accounts.account());
      int commands;
      try (Load load = new Load(subject, id, MOST_COMMANDS, 2)) {
        for (int i = 0; i < RESUMING; i++) {
          load.awaitMore(BETWEEN);
          resumed.add(subject.resume(query, start));
        }
        load.awaitMore(BETWEEN);
        commands = load.finish();
      }
      subject.command(id, "pause", subject.object());
      whole.event("stream.paused", id);
      List<String> expected = whole.positions();
      Broken.unless(
          expected.size() == commands + 2, expected.size() + " events of " + (commands + 2));
      for (Subscriber one : resumed) {
        one.event("stream.paused", id);
        Broken.unless(
            one.positions().equals(expected), "expected " + expected + ", came " + one.positions());
      }
      return RESUMING + " resumed among " + commands + " commands, each got the same events";
    } finally {
      for (Subscriber one : resumed) {
        one.close();
      }
    }
  }

  private static String afterCuts(Subject subject) throws IOException {
    String account = Accounts.account();
    String query = "users=" + account;
    String position;
    List<String> expected;
    String id;
    try (Subscriber whole = subject.subscribe(query)) {
      position = whole.next().id();
      id = subject.create(account, Accounts.account());
      for (int i = 1; i < 2 * CUTS; i++) {
        subject.topUp(id);
      }
      subject.command(id, "cancel", subject.object());
      whole.event("stream.cancelled", id);
      expected = whole.positions();
    }
    List<String> came = new ArrayList<>();
    for (int cut = 0; cut < CUTS; cut++) {
      try (Subscriber subscriber = subject.resume(query, position)) {
        for (int i = 0; i < 2; i++) {
          position = subscriber.await(Block::isLogged, "next event after " + position).id();
          came.add(position);
        }
      }
    }
    try (Subscriber subscriber = subject.resume(query, position)) {
      position = subscriber.event("stream.cancelled", id).id();
      came.addAll(subscriber.positions());
    }
    Broken.unless(came.equals(expected), "expected " + expected + ", came " + came);
    return came.size() + " events over " + CUTS + " cuts";
  }

  private static String malformed(Subject subject) throws IOException {
    String query = "/v1/events/subscribe?users=" + Accounts.account();
    List<String> bad = List.of("abc", "-1", "1.", "1.K!", "99999999999999999999");
    for (String id : bad) {
      Answer byHeader = subject.get(query, "Accept: text/event-stream", "Last-Event-ID: " + id);
      Answer byQuery = subject.get(query + "&lastEventId=" + id, "Accept: text/event-stream");
      Broken.unless(byHeader.status() == 400, "Last-Event-ID: " + id + ": " + byHeader);
      Broken.unless(byQuery.status() == 400, "lastEventId=" + id + ": " + byQuery);
    }
    return "400 for " + bad;
  }
}
