package io.flowfi.conformance;

import static io.flowfi.conformance.Check.ANSWERS;

import com.fasterxml.jackson.databind.JsonNode;
import io.flowfi.conformance.HttpConnection.Answer;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;

/** Errors, and the small resources beside the stream. */
final class ProblemChecks {
  private static final String BAD = "/v1/events/subscribe?streams=abc";

  /** A class, a line of a stack trace, a statement. */
  private static final Pattern INTERNALS =
      Pattern.compile(
          "\\bat [a-z]+(\\.[\\w$]+)+\\(|\\w+Exception\\b|(?i:select .* from|insert into)");

  private ProblemChecks() {}

  static List<Check> all() {
    return List.of(
        Check.of(
            "problems.media-type",
            ANSWERS,
            "errors are application/problem+json",
            subject -> {
              errors(subject).forEach(ProblemChecks::mediaType);
              return "application/problem+json";
            }),
        Check.of(
            "problems.fields",
            ANSWERS,
            "type, title, status, detail, instance, and message with the text of detail",
            subject -> {
              errors(subject).forEach(ProblemChecks::fields);
              return errors(subject).get(0).toString();
            }),
        Check.of(
            "problems.errors",
            ANSWERS,
            "a 400 names each bad parameter in errors",
            subject -> {
              Answer answer = subject.get(BAD);
              JsonNode first = answer.json().path("errors").path(0);
              Broken.unless(
                  first.path("parameter").asText().equals("streams") && first.has("message"),
                  answer.toString());
              return first.toString();
            }),
        Check.of(
            "problems.request-id",
            ANSWERS,
            "errors carry X-Request-ID",
            subject -> {
              for (Answer answer : errors(subject)) {
                Broken.unless(
                    answer.head().header("X-Request-ID").isPresent(), "none on " + answer);
              }
              return "on each";
            }),
        Check.of(
            "problems.no-internals",
            ANSWERS,
            "no stack trace, class name or SQL reaches a client",
            subject -> {
              for (Answer answer : errors(subject)) {
                Broken.unless(!INTERNALS.matcher(answer.body()).find(), answer.body());
              }
              return "none";
            }),
        Check.of(
            "problems.unknown-stream",
            "1. Payment streams",
            "a stream that does not exist is 404",
            subject -> status(404, subject.get("/v1/streams/18446744073709551615"))),
        Check.of(
            "problems.method",
            ANSWERS,
            "another method is 405",
            subject -> status(405, subject.once("DELETE", "/v1/events/subscribe", null))),
        Check.of(
            "problems.amount-as-number",
            "1. Payment streams",
            "an amount as a JSON number is 400",
            subject ->
                status(
                    400,
                    subject.once(
                        "POST",
                        "/v1/streams",
                        subject
                            .newStream(Accounts.account(), Accounts.account())
                            .put("depositedAmount", 1_000)
                            .toString()))),
        Check.of(
            "problems.large-body",
            ANSWERS,
            "a body over 16 KiB is 413",
            subject ->
                status(
                    413,
                    subject.once(
                        "POST",
                        "/v1/streams",
                        "{\"reference\":\"" + "x".repeat(17 << 10) + "\"}"))),
        Check.of(
            "health.ready",
            ANSWERS,
            "/health/live and /health/ready are 200 on a node that serves",
            subject -> {
              status(200, subject.get("/health/live"));
              return status(200, subject.get("/health/ready"));
            }),
        Check.of(
            "stats.connections",
            ANSWERS,
            "/v1/events/stats counts open connections",
            ProblemChecks::stats));
  }

  private static List<Answer> errors(Subject subject) throws IOException {
    return List.of(subject.get(BAD), subject.get("/v1/streams/18446744073709551615"));
  }

  /** An error has the media type of problems. */
  static void mediaType(Answer answer) {
    String type = answer.head().header("Content-Type").orElse("none");
    Broken.unless(
        type.split(";")[0].trim().equals("application/problem+json"),
        "Content-Type: " + type + " of " + answer);
  }

  /** An error has the members of a problem, and says in its body the status that it has. */
  static void fields(Answer answer) {
    JsonNode problem = answer.json();
    for (String field : List.of("type", "title", "detail", "instance", "message")) {
      Broken.unless(problem.path(field).isTextual(), "no " + field + " in " + answer);
    }
    Broken.unless(
        problem.path("status").asInt() == answer.status(), "another status in the body: " + answer);
    Broken.unless(
        problem.path("message").equals(problem.path("detail")), "message is not detail: " + answer);
  }

  private static String status(int expected, Answer answer) {
    Broken.unless(answer.status() == expected, answer.toString());
    return Integer.toString(expected);
  }

  private static String stats(Subject subject) throws IOException {
    try (Subscriber subscriber = subject.subscribe("users=" + Accounts.account())) {
      subscriber.next();
      Answer answer = subject.get("/v1/events/stats");
      JsonNode json = answer.json();
      Broken.unless(
          json.path("activeConnections").asInt() >= 1 && json.has("timestamp"), answer.toString());
      return json.path("activeConnections").asText() + " open";
    }
  }
}
