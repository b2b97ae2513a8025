package io.flowfi.conformance;

import static io.flowfi.conformance.Check.STREAM;

import java.io.IOException;
import java.util.List;

/** The last words of a server that stops: one scenario, the last of a run. */
final class DrainChecks {
  private Subscriber subscriber;
  private Block farewell;
  private RuntimeException failure;

  static List<Check> all() {
    DrainChecks drain = new DrainChecks();
    return List.of(
        drain.check(
            "drain.reconnect",
            "a server that stops says reconnect with the reason shutdown",
            () -> {
              Block word = drain.word();
              Broken.unless(word.text("reason").equals("shutdown"), word.toString());
              return word.toString();
            }),
        drain.check(
            "drain.retry",
            "with a retry of 8 to 10 s",
            () -> {
              String retry = String.valueOf(drain.word().retry());
              Broken.unless(GreetingChecks.isBetween(retry, 8_000, 10_000), "retry: " + retry);
              return retry + " ms";
            }),
        drain.check(
            "drain.position",
            "with the id up to which everything was sent",
            () -> {
              Block word = drain.word();
              List<Long> sent = drain.subscriber.numbers();
              long last = sent.get(sent.size() - 1);
              Broken.unless(word.position().orElse(-1) >= last, word + " after " + sent);
              return "id " + word.id();
            }),
        drain.check(
            "drain.end",
            "and ends the connection after it, cleanly",
            () -> {
              Block word = drain.word();
              String end = drain.subscriber.awaitEnd();
              List<Block> all = drain.subscriber.all();
              Block last = all.get(all.size() - 1);
              Broken.unless(last.equals(word), "the last block: " + last);
              return end;
            }));
  }

  /** Part of the scenario. */
  private interface Part {
    String seen();
  }

  private Check check(String name, String rule, Part part) {
    return Check.of(
        name,
        STREAM,
        rule,
        subject -> {
          if (subscriber == null) {
            stop(subject);
          }
          return part.seen();
        });
  }

  private Block word() {
    if (failure != null) {
      throw failure;
    }
    return farewell;
  }

  private void stop(Subject subject) throws IOException {
    Target.Stop stop =
        subject.target().stop().orElseThrow(() -> new NotApplicable("no -Dstop, a command"));
    String account = Accounts.account();
    subscriber = subject.subscribe("users=" + account);
    try {
      String id = subject.create(account, Accounts.account());
      subscriber.event("stream.created", id);
      stop.run();
      farewell = subscriber.named("reconnect");
    } catch (Broken e) {
      failure = e;
    }
  }
}
