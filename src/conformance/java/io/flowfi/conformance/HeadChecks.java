package io.flowfi.conformance;

import static io.flowfi.conformance.Check.STREAM;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** The status line and headers of an event stream. */
final class HeadChecks {
  private HeadChecks() {}

  static List<Check> all() {
    return List.of(
        Check.of(
            "head.media-type",
            STREAM,
            "200 with text/event-stream;charset=UTF-8",
            subject -> {
              String type = header(subject, "Content-Type");
              String plain = type.replace(" ", "").replace("\"", "").toLowerCase(Locale.ROOT);
              Broken.unless(plain.equals("text/event-stream;charset=utf-8"), type);
              return type;
            }),
        Check.of(
            "head.not-cached",
            STREAM,
            "Cache-Control: no-store, no-transform",
            subject -> {
              Head head = head(subject);
              String control = head.header("Cache-Control").orElse("no Cache-Control");
              boolean both =
                  head.has("Cache-Control", "no-store")
                      && head.has("Cache-Control", "no-transform");
              Broken.unless(both, control);
              return control;
            }),
        Check.of(
            "head.not-buffered",
            STREAM,
            "X-Accel-Buffering: no",
            subject -> {
              String buffering = header(subject, "X-Accel-Buffering");
              Broken.unless(buffering.equals("no"), buffering);
              return buffering;
            }),
        Check.of(
            "head.not-compressed",
            STREAM,
            "never compressed, whatever Accept-Encoding says",
            subject -> {
              String coding = head(subject).header("Content-Encoding").orElse("identity");
              Broken.unless(coding.equals("identity"), "Content-Encoding: " + coding);
              return "no Content-Encoding";
            }),
        Check.of(
            "head.request-id",
            Check.ANSWERS,
            "every response carries X-Request-ID",
            subject -> header(subject, "X-Request-ID")),
        Check.of("head.framing", STREAM, "a body without Content-Length", HeadChecks::framing));
  }

  private static String framing(Subject subject) throws IOException {
    Head head = head(subject);
    Broken.unless(head.header("Content-Length").isEmpty(), "a Content-Length");
    String coding = head.header("Transfer-Encoding").orElse("none");
    Broken.unless(
        coding.equals("none") || coding.equals("chunked"), "Transfer-Encoding: " + coding);
    return "Transfer-Encoding: " + coding;
  }

  private static String header(Subject subject, String name) throws IOException {
    return head(subject)
        .header(name)
        .orElseThrow(() -> new Broken("the event stream has no " + name));
  }

  private static Head head(Subject subject) throws IOException {
    try (Subscriber subscriber =
        subject.subscribe("users=" + Accounts.account(), "Accept-Encoding: gzip, deflate, br")) {
      return subscriber.head();
    }
  }
}
