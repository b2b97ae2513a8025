package io.flowfi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/** A build server can read what the kit writes, whatever the checked server has sent. */
class ReportTest {
  /** Markup, what XML cannot hold, half a character, and one of two halves. */
  private static final String SENT =
      "]]><a b='\"'>&amp;\r\n\t\0\u001b\u00e4\ufffe\ud83d \ud83d\ude00";

  @TempDir Path folder;

  /** The root of a report; an error says where it is not well formed. */
  static Element read(Path report) throws IOException {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .parse(report.toFile())
          .getDocumentElement();
    } catch (ParserConfigurationException | SAXException e) {
      throw new IOException(report.toString(), e);
    }
  }

  private static Result result(String name, Result.Verdict verdict) {
    Check check = Check.of(name, Check.STREAM, "a < b & \"c\"", subject -> "");
    return new Result(check, verdict, SENT, Duration.ofMillis(1234));
  }

  private static List<Element> elements(Element parent, String name) {
    NodeList found = parent.getElementsByTagName(name);
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  @Test
  void shouldWriteWhatReadersOfJUnitReportsUnderstand() throws IOException {
    Path file = folder.resolve("new").resolve("TEST-conformance.xml");
    Target target = new Target(URI.create("http://localhost:3001/?a=1&b=2"));
    new Report(
            target,
            List.of(
                result("head.one", Result.Verdict.PASS),
                result("head.two", Result.Verdict.PASS),
                result("head.three", Result.Verdict.PASS),
                result("resume.one", Result.Verdict.FAIL),
                result("resume.two", Result.Verdict.FAIL),
                result("reset.one", Result.Verdict.NOT_APPLICABLE)))
        .writeJUnit(file);

    Element suite = read(file);
    assertThat(suite.getTagName()).isEqualTo("testsuite");
    assertThat(suite.getAttribute("name")).isEqualTo("conformance " + target.url());
    assertThat(Stream.of("tests", "failures", "errors", "skipped").map(suite::getAttribute))
        .containsExactly("6", "2", "0", "1");
    assertThat(elements(suite, "testcase").stream().map(one -> one.getAttribute("name")))
        .containsExactly(
            "head.one", "head.two", "head.three", "resume.one", "resume.two", "reset.one");
    assertThat(elements(suite, "testcase"))
        .allMatch(one -> one.getAttribute("time").equals("1.234"))
        .allMatch(
            one -> one.getAttribute("classname").matches("conformance\\.(head|resume|reset)"));
    assertThat(elements(suite, "failure"))
        .hasSize(2)
        .allMatch(
            one -> one.getAttribute("message").equals("a < b & \"c\" [contract: 3. Subscribing]"))
        .allMatch(one -> one.getTextContent().equals(readable()));
    assertThat(elements(suite, "skipped")).hasSize(1);
    assertThat(elements(suite, "system-out"))
        .hasSize(3)
        .allMatch(one -> one.getTextContent().equals(readable()));
  }

  private static String readable() {
    return "]]><a b='\"'>&amp;?\n\t??\u00e4?? \ud83d\ude00";
  }
}
