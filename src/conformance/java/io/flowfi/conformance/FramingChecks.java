package io.flowfi.conformance;

import static io.flowfi.conformance.Check.STREAM;

import java.io.IOException;
import java.util.List;

/** The bytes of every block that the whole run has seen: these come after most other checks. */
final class FramingChecks {
  private FramingChecks() {}

  static List<Check> all() {
    return List.of(
        check("utf-8", "well-formed UTF-8, without a byte order mark", Framing.Rule.UTF_8),
        check("line-feeds", "lines end with LF", Framing.Rule.LINE_FEEDS),
        check("data", "no block is without data", Framing.Rule.DATA),
        check("json", "data is one line, a JSON object", Framing.Rule.JSON),
        check("id-last", "id: is the last line of its block", Framing.Rule.ID_LAST),
        check(
            "fields",
            "only event, data, id, retry, each with a colon and a space",
            Framing.Rule.FIELDS_ONLY));
  }

  private static Check check(String name, String rule, Framing.Rule framing) {
    return Check.of(
        "framing." + name,
        STREAM,
        rule,
        subject -> {
          sample(subject);
          return subject.framing().verdict(framing);
        });
  }

  /** Something to look at, though this check may run alone. */
  private static void sample(Subject subject) throws IOException {
    String account = Accounts.account();
    try (Subscriber subscriber = subject.subscribe("snapshot=true&users=" + account)) {
      subscriber.named("snapshot_end");
      String id = subject.create(account, Accounts.account());
      subject.topUp(id);
      subscriber.event("stream.topped_up", id);
    }
  }
}
