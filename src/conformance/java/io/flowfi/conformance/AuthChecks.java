package io.flowfi.conformance;

import static io.flowfi.conformance.Check.ANSWERS;

import io.flowfi.conformance.HttpConnection.Answer;
import java.io.IOException;
import java.util.List;

/** Who is let in, and who sees what. Only with tokens: open mode has no authentication. */
final class AuthChecks {
  private static final String STREAM = "Accept: text/event-stream";

  private AuthChecks() {}

  static List<Check> all() {
    return List.of(
        secured(
            "auth.required",
            "no credentials are 401",
            subject -> status(401, subscribe(subject, "all=true", "Authorization:"))),
        secured(
            "auth.bad-token",
            "bad credentials are 401",
            subject ->
                status(
                    401,
                    subscribe(
                        subject,
                        "all=true",
                        "Authorization: Bearer " + subject.target().token().orElseThrow() + "x"))),
        secured(
            "auth.ticket",
            "a ticket lets one subscribe in, without other credentials",
            subject -> {
              String ticket = ticket(subject);
              String path = "/v1/events/subscribe?all=true&ticket=" + ticket;
              try (Subscriber subscriber = subject.open(path, 0, "Authorization:").read()) {
                return subscriber.next().toString();
              }
            }),
        secured(
            "auth.ticket-once",
            "a ticket lets nobody in a second time",
            subject -> {
              String query = "all=true&ticket=" + ticket(subject);
              subject.open("/v1/events/subscribe?" + query, 0, "Authorization:").close();
              return status(401, subscribe(subject, query, "Authorization:"));
            }),
        secured(
            "auth.other-events",
            "all=true of an ordinary account has nothing of streams that are not its own",
            AuthChecks::otherEvents),
        secured(
            "auth.other-filter",
            "a filter for what is not one's own is 403",
            subject -> {
              String stream = subject.create(Accounts.account(), Accounts.account());
              String other = other(subject);
              status(403, subscribe(subject, "users=" + Accounts.account(), other));
              return status(403, subscribe(subject, "streams=" + stream, other));
            }));
  }

  private static Check secured(String name, String rule, Check.Probe probe) {
    return Check.of(
        name,
        ANSWERS,
        rule,
        subject -> {
          if (subject.target().token().isEmpty()) {
            throw new NotApplicable("no -Dtoken, so the server is taken to be in open mode");
          }
          return probe.seen(subject);
        });
  }

  private static String other(Subject subject) {
    return "Authorization: Bearer "
        + subject
            .target()
            .otherToken()
            .orElseThrow(() -> new NotApplicable("no -Dtoken.other, an ordinary account"));
  }

  /** Replays all there is: whatever is not its own would come before the end of the replay. */
  private static String otherEvents(Subject subject) throws IOException {
    String other = other(subject);
    String account = Accounts.account();
    String id = subject.create(account, Accounts.account());
    try (Subscriber own = subject.subscribe("users=" + account);
        Subscriber others =
            subject.open(path("all=true&heartbeat=2&lastEventId=0"), 0, other).read()) {
      own.next();
      others.next();
      subject.topUp(id);
      long position = own.event("stream.topped_up", id).position().orElse(-1);
      // its id shows that the connection has passed the event
      others.await(
          block -> !block.isLogged() && block.position().orElse(-1) >= position,
          "heartbeat after " + position);
      List<Block> foreign =
          others.all().stream().filter(block -> block.text("streamId").equals(id)).toList();
      Broken.unless(foreign.isEmpty(), "an event of stream " + id + ": " + foreign);
      return "nothing of stream " + id;
    }
  }

  private static String path(String query) {
    return "/v1/events/subscribe?" + query;
  }

  private static Answer subscribe(Subject subject, String query, String credentials)
      throws IOException {
    return subject.get(path(query), STREAM, credentials);
  }

  private static String ticket(Subject subject) throws IOException {
    Answer answer = subject.once("POST", "/v1/auth/ticket", "{}");
    String ticket = answer.json().path("ticket").asText();
    Broken.unless(!ticket.isEmpty(), "no ticket: " + answer);
    return ticket;
  }

  private static String status(int expected, Answer answer) {
    Broken.unless(answer.status() == expected, answer.toString());
    return Integer.toString(expected);
  }
}
