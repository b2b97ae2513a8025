package io.flowfi.conformance;

import io.flowfi.conformance.HttpConnection.Answer;
import io.flowfi.conformance.Subject.Attempt;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How many event streams one client may have open. What the limit is, is the server's affair: the
 * scenario, one for all checks, opens streams until one is refused, and then lets all go.
 */
final class ConnectionLimitChecks {
  /** So many in a row are refused: one alone may have met the slots of an earlier check. */
  private static final int SURPLUS = 3;

  /**
   * The streams ask for a heartbeat every 2 s, and one may take up to 5. Where a server learns only
   * from a write that the client has gone, the first is accepted by the kernel of its machine, and
   * the second fails.
   */
  private static final Duration TWO_HEARTBEATS = Duration.ofSeconds(10);

  private final List<Subscriber> open = new ArrayList<>();
  private final List<Answer> refusals = new ArrayList<>();
  private boolean hasRun;
  private Broken failure;
  private String opened = "";
  private String disturbed = "";
  private String kept = "";

  static List<Check> all() {
    ConnectionLimitChecks scenario = new ConnectionLimitChecks();
    return List.of(
        scenario.check(
            "limits.connections",
            "event streams of one client above the server's limit are 429",
            refusal -> {
              Broken.unless(refusal.status() == 429, refusal + " after " + scenario.opened);
              return "429 after " + scenario.opened;
            }),
        scenario.check(
            "limits.connections-problem",
            "that 429 is a problem with all its fields",
            refusal -> {
              ProblemChecks.mediaType(refusal);
              ProblemChecks.fields(refusal);
              return refusal.toString();
            }),
        scenario.check(
            "limits.connections-retry-after",
            "and has a Retry-After of whole seconds, 1 or more",
            refusal -> {
              String after = refusal.head().header("Retry-After").orElse("none");
              Broken.unless(after.matches("[1-9]\\d{0,5}"), "Retry-After: " + after);
              return after + " s";
            }),
        scenario.check(
            "limits.connections-undisturbed",
            "the streams that are open stay open, and get what comes",
            refusal -> "a further event on each of them"),
        scenario.check(
            "limits.connections-freed",
            "when clients have left, others get their places, after two heartbeats at most",
            refusal -> {
              Broken.unless(scenario.kept.isEmpty(), scenario.kept);
              return "half of the places were taken again";
            }));
  }

  /** Looks at the refusal. */
  private interface Part {
    String seen(Answer refusal);
  }

  private Check check(String name, String rule, Part part) {
    return Check.of(
        name,
        Check.ANSWERS,
        rule,
        subject -> {
          if (!hasRun) {
            run(subject);
          }
          if (failure != null) {
            throw failure;
          }
          if (name.endsWith("-undisturbed")) {
            Broken.unless(disturbed.isEmpty(), disturbed);
          }
          if (refusals.isEmpty()) {
            throw new NotApplicable("the limit is not reached with " + opened);
          }
          return refusals.stream().map(part::seen).toList().get(0);
        });
  }

  private void run(Subject subject) throws IOException {
    int most = subject.target().limit();
    if (most == 0) {
      throw new NotApplicable("-Dlimit=0");
    }
    String account = Accounts.account();
    String query = "heartbeat=2&users=" + account;
    hasRun = true;
    try {
      openUntilRefused(subject, query, most);
      opened = open.size() + " event streams of one client";
      disturbed = disturbance(subject, account);
      int half = Math.max(1, open.size() / 2);
      leave();
      if (!refusals.isEmpty()) {
        kept = comeBack(subject, query, half);
      }
    } catch (IOException e) {
      failure = new Broken(e.toString(), e);
    } catch (Broken e) {
      failure = e;
    } finally {
      leave();
    }
  }

  private void openUntilRefused(Subject subject, String query, int most) throws IOException {
    while (open.size() < most && refusals.size() < SURPLUS) {
      Attempt attempt = subject.attempt(query);
      if (attempt.open().isPresent()) {
        refusals.clear();
      }
      attempt.open().ifPresent(open::add);
      attempt.refusal().ifPresent(refusals::add);
    }
  }

  /** What has become of the open streams; empty if an event comes on each. */
  private String disturbance(Subject subject, String account) throws IOException {
    String id = subject.create(account, Accounts.account());
    for (Subscriber one : open) {
      try {
        one.event("stream.created", id);
      } catch (Broken e) {
        return "stream " + (open.indexOf(one) + 1) + " of " + open.size() + ": " + e.getMessage();
      }
    }
    return "";
  }

  /**
   * Returns what keeps as many streams from being opened; empty if nothing does. Not all places are
   * taken: where the server learns late who has left, the next check needs one.
   */
  private String comeBack(Subject subject, String query, int count) throws IOException {
    Duration patience = subject.target().patience();
    Duration most = patience.compareTo(TWO_HEARTBEATS) > 0 ? patience : TWO_HEARTBEATS;
    long deadline = System.nanoTime() + most.toNanos();
    while (open.size() < count) {
      Attempt attempt = subject.attempt(query);
      attempt.open().ifPresent(open::add);
      if (attempt.refusal().isPresent()) {
        if (System.nanoTime() - deadline > 0) {
          return open.size() + " of " + count + " come back, then " + attempt.refusal().get();
        }
        Subject.pause();
      }
    }
    return "";
  }

  private void leave() throws IOException {
    for (Subscriber one : open) {
      one.close();
    }
    open.clear();
  }
}
