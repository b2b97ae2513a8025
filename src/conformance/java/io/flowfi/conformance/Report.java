package io.flowfi.conformance;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** The results of a run, for people and for build servers. */
final class Report {
  private final Target target;
  private final List<Result> results;

  Report(Target target, List<Result> results) {
    this.target = target;
    this.results = List.copyOf(results);
  }

  /** One result as two lines, three if it failed. */
  static String text(Result result) {
    Check check = result.check();
    String text =
        String.format(
            Locale.ROOT,
            "%-4s  %s%n      %s  [contract: %s]%n",
            result.verdict().label,
            check.name(),
            check.rule(),
            check.source());
    return result.verdict() == Result.Verdict.PASS
        ? text
        : text + "      seen: " + result.seen() + System.lineSeparator();
  }

  /** The sums, as a line. */
  String summary() {
    return String.format(
        Locale.ROOT,
        "%s: %d checks passed, %d failed, %d not applicable",
        target.url(),
        count(Result.Verdict.PASS),
        count(Result.Verdict.FAIL),
        count(Result.Verdict.NOT_APPLICABLE));
  }

  boolean isGood() {
    return count(Result.Verdict.FAIL) == 0;
  }

  private long count(Result.Verdict verdict) {
    return results.stream().filter(result -> result.verdict() == verdict).count();
  }

  /** Writes the results in the form that JUnit's reports have. */
  void writeJUnit(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (Writer writer = Files.newBufferedWriter(file)) {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(writer);
      xml.writeStartDocument("UTF-8", "1.0");
      xml.writeStartElement("testsuite");
      xml.writeAttribute("name", "conformance " + target.url());
      xml.writeAttribute("tests", Integer.toString(results.size()));
      xml.writeAttribute("failures", Long.toString(count(Result.Verdict.FAIL)));
      xml.writeAttribute("errors", "0");
      xml.writeAttribute("skipped", Long.toString(count(Result.Verdict.NOT_APPLICABLE)));
      for (Result result : results) {
        write(xml, result);
      }
      xml.writeEndElement();
      xml.writeEndDocument();
    } catch (XMLStreamException e) {
      throw new IOException(e);
    }
  }

  private static void write(XMLStreamWriter xml, Result result) throws XMLStreamException {
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", "conformance." + result.check().group());
    xml.writeAttribute("name", result.check().name());
    xml.writeAttribute(
        "time", String.format(Locale.ROOT, "%.3f", result.took().toMillis() / 1000.0));
    String seen = printable(result.seen());
    switch (result.verdict()) {
      case PASS -> element(xml, "system-out", seen);
      case FAIL -> {
        xml.writeStartElement("failure");
        xml.writeAttribute(
            "message", result.check().rule() + " [contract: " + result.check().source() + "]");
        xml.writeCharacters(seen);
        xml.writeEndElement();
      }
      case NOT_APPLICABLE -> {
        xml.writeEmptyElement("skipped");
        xml.writeAttribute("message", seen);
      }
    }
    xml.writeEndElement();
  }

  private static void element(XMLStreamWriter xml, String name, String text)
      throws XMLStreamException {
    xml.writeStartElement(name);
    xml.writeCharacters(text);
    xml.writeEndElement();
  }

  /** What a server sent may hold characters that XML cannot. */
  private static String printable(String text) {
    return text.codePoints()
        .map(c -> (c < ' ' && c != '\n' && c != '\t') || c == 0xfffe || c == 0xffff ? '?' : c)
        .map(c -> c >= 0xd800 && c <= 0xdfff ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
