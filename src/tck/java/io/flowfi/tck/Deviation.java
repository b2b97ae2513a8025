package io.flowfi.tck;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Where we knowingly do not do what the TCK expects, and the tests that fail for it. */
enum Deviation {
  TEXT_ONLY(
      "the data of an event is text, a character, a number or a boolean: no MessageBodyWriter is"
          + " asked to make text of anything else",
      "sseeventsink.bytearrayTest",
      "sseeventsink.datasourceTest",
      "sseeventsink.fileTest",
      "sseeventsink.inputstreamTest",
      "sseeventsink.jaxbElementTest",
      "sseeventsink.multivaluedMapTest",
      "sseeventsink.readerTest",
      "sseeventsink.streamingOutputTest",
      "sseeventsink.transformSourceTest",
      "sseeventsource.jaxbElementTest",
      "sseeventsource.multivaluedMapTest",
      "sseeventsource.xmlTest");

  final String why;
  private final Set<String> tests;

  Deviation(String why, String... tests) {
    this.why = why;
    this.tests = Set.of(tests);
  }

  static Optional<Deviation> of(String test) {
    return Arrays.stream(values()).filter(one -> one.tests.contains(test)).findFirst();
  }

  /** Those of all deviations. */
  static Set<String> tests() {
    return Arrays.stream(values())
        .flatMap(one -> one.tests.stream())
        .collect(Collectors.toUnmodifiableSet());
  }
}
