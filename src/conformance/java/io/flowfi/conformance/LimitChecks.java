package io.flowfi.conformance;

import static io.flowfi.conformance.Check.STREAM;

import io.flowfi.conformance.HttpConnection.Answer;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What a subscription may ask for. */
final class LimitChecks {
  private LimitChecks() {}

  static List<Check> all() {
    return List.of(
        Check.of(
            "limits.most-values",
            STREAM,
            "256 filter values are taken",
            subject -> {
              try (Subscriber subscriber = subject.subscribe("streams=" + values(256))) {
                return subscriber.next().toString();
              }
            }),
        Check.of(
            "limits.too-many-values",
            STREAM,
            "257 filter values are 400",
            subject -> refused(subject, "streams=" + values(257))),
        Check.of(
            "limits.nothing",
            STREAM,
            "nothing to subscribe to is 400",
            subject -> refused(subject, "types=stream.created")),
        Check.of(
            "limits.bad-stream",
            STREAM,
            "a stream id that is none is 400",
            subject -> refused(subject, "streams=abc", "streams=-1", "streams=1,,x")),
        Check.of(
            "limits.bad-user",
            "1. Payment streams",
            "an address with a wrong length or checksum is 400",
            subject ->
                refused(subject, "users=GABC", "users=" + Accounts.misspelled(Accounts.account()))),
        Check.of(
            "limits.bad-type",
            Check.ANSWERS,
            "an event type that does not exist is 400",
            subject -> refused(subject, "all=true&types=stream.nothing")));
  }

  private static String values(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(","));
  }

  private static String refused(Subject subject, String... queries) throws IOException {
    for (String query : queries) {
      Answer answer = subject.get("/v1/events/subscribe?" + query, "Accept: text/event-stream");
      String shown = query.length() > 80 ? query.substring(0, 80) + "..." : query;
      Broken.unless(answer.status() == 400, shown + ": " + answer);
    }
    return "400 for " + queries.length + " of " + queries.length;
  }
}
