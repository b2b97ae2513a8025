package io.flowfi.conformance;

import java.io.IOException;

/**
 * One rule of the contract.
 *
 * @param name stable over versions, so that results can be compared: {@code group.rule}
 * @param source the section of the contract that has the rule
 * @param rule what a server must do, in a sentence
 * @param probe finds out whether it does
 * @param isLong whether it takes longer than a few seconds, and is left out of a brief run
 */
record Check(String name, String source, String rule, Probe probe, boolean isLong) {
  /** Most rules: those of section 3, about the event stream. */
  static final String STREAM = "3. Subscribing";

  /** Rules about all other answers. */
  static final String ANSWERS = "4. Other endpoints";

  /** Asks the server. */
  @FunctionalInterface
  interface Probe {
    /**
     * Returns what was seen if the rule is kept.
     *
     * @throws Broken if it is not
     * @throws NotApplicable if that cannot be found out
     * @throws IOException if the server cannot be reached, which counts as broken
     */
    String seen(Subject subject) throws IOException;
  }

  static Check of(String name, String source, String rule, Probe probe) {
    return new Check(name, source, rule, probe, false);
  }

  static Check longer(String name, String source, String rule, Probe probe) {
    return new Check(name, source, rule, probe, true);
  }

  String group() {
    return name.substring(0, name.indexOf('.'));
  }
}
