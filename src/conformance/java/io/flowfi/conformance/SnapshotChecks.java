package io.flowfi.conformance;

import static io.flowfi.conformance.Check.STREAM;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** State and updates in one request. */
final class SnapshotChecks {
  private static final List<String> STATE =
      List.of(
          "streamId",
          "sender",
          "recipient",
          "tokenAddress",
          "ratePerSecond",
          "depositedAmount",
          "withdrawnAmount",
          "startTime",
          "endTime",
          "lastUpdateTime",
          "status",
          "pausedAt",
          "totalPausedDuration",
          "claimableAmount",
          "version",
          "origin");

  private static final int BETWEEN = 10;
  private static final int MOST_COMMANDS = 100_000;

  private SnapshotChecks() {}

  static List<Check> all() {
    return List.of(
        Check.of(
            "snapshot.states",
            STREAM,
            "one stream.snapshot for each matching stream, with its full state",
            SnapshotChecks::states),
        Check.of(
            "snapshot.end",
            STREAM,
            "snapshot_end follows the last, with the position as head and id",
            SnapshotChecks::end),
        Check.of(
            "snapshot.nothing-between",
            STREAM,
            "states and the events after them leave nothing out, while commands run",
            SnapshotChecks::nothingBetween));
  }

  private static String states(Subject subject) throws IOException {
    String account = Accounts.account();
    List<String> ids =
        List.of(
            subject.create(account, Accounts.account()),
            subject.create(Accounts.account(), account));
    subject.create(Accounts.account(), Accounts.account());
    try (Subscriber subscriber = subject.subscribe("snapshot=true&users=" + account)) {
      subscriber.named("snapshot_end");
      List<String> came = new ArrayList<>();
      for (Block block : subscriber.all()) {
        if (block.isNamed("stream.snapshot")) {
          came.add(block.text("streamId"));
          STATE.forEach(
              field -> Broken.unless(block.json().has(field), "no " + field + " in " + block));
        }
      }
      Broken.unless(
          came.size() == 2 && came.containsAll(ids), "states of " + came + ", not of " + ids);
      return "states of streams " + came;
    }
  }

  private static String end(Subject subject) throws IOException {
    String account = Accounts.account();
    String id = subject.create(account, Accounts.account());
    try (Subscriber subscriber = subject.subscribe("snapshot=true&users=" + account)) {
      subscriber.next();
      subscriber.event("stream.snapshot", id);
      Block end = subscriber.next();
      boolean isWhole = end.isNamed("snapshot_end") && end.hasItsPositionAsHead();
      Broken.unless(isWhole, "after the last state: " + end);
      return end.toString();
    }
  }

  /** Every event raises the version of its stream by one, so a hole or a repetition shows. */
  private static String nothingBetween(Subject subject) throws IOException {
    String account = Accounts.account();
    String one = subject.create(account, Accounts.account());
    String two = subject.create(account, Accounts.account());
    try (Load first = new Load(subject, one, MOST_COMMANDS, 1);
        Load second = new Load(subject, two, MOST_COMMANDS, 1);
        Subscriber subscriber =
            subscribeAmong(first, second, subject, "snapshot=true&users=" + account)) {
      first.awaitMore(BETWEEN);
      second.awaitMore(BETWEEN);
      int ofOne = first.finish();
      int ofTwo = second.finish();
      subject.command(one, "pause", subject.object());
      subscriber.event("stream.paused", one);
      Map<String, Integer> versions = new HashMap<>();
      for (Block block : subscriber.all()) {
        if (block.isNamed("stream.snapshot")) {
          versions.put(block.text("streamId"), block.json().path("version").asInt());
        } else if (block.isLogged()) {
          int version = block.json().path("version").asInt();
          Integer before = versions.put(block.text("streamId"), version);
          Broken.unless(
              before != null && before + 1 == version, "version " + before + ", then " + block);
        }
      }
      Map<String, Integer> expected = Map.of(one, ofOne + 2, two, ofTwo + 1);
      Broken.unless(versions.equals(expected), "versions " + versions + " instead of " + expected);
      return "versions " + versions;
    }
  }

  private static Subscriber subscribeAmong(Load first, Load second, Subject subject, String query)
      throws IOException {
    first.awaitMore(BETWEEN);
    second.awaitMore(BETWEEN);
    return subject.subscribe(query);
  }
}
