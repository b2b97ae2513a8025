package io.flowfi.tck;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * What became of each test. Not as expected is also one that did not run: a deviation does not
 * excuse it.
 */
final class Outcomes implements TestExecutionListener {
  /** So many tests for SSE has the TCK whose version {@code src/tck/pom.xml} names. */
  private static final int TESTS = 33;

  private final Map<String, Outcome> outcomes = new TreeMap<>();

  private enum End {
    PASSED,
    FAILED,
    NOT_RUN
  }

  /**
   * @param why it did not pass
   */
  private record Outcome(End end, String why) {}

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    outcomes.put(name(test), new Outcome(End.NOT_RUN, reason));
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    End end =
        switch (result.getStatus()) {
          case SUCCESSFUL -> End.PASSED;
          case FAILED -> End.FAILED;
          case ABORTED -> End.NOT_RUN;
        };
    if (test.isTest() || end != End.PASSED) {
      String why = result.getThrowable().map(Throwable::toString).orElse("");
      outcomes.put(name(test), new Outcome(end, why));
    }
  }

  /** The last part of the package, which is what is tested, and the method. */
  private static String name(TestIdentifier test) {
    if (test.getSource().orElse(null) instanceof MethodSource method) {
      String[] names = method.getClassName().split("\\.");
      return names[names.length - 2] + "." + method.getMethodName();
    }
    return test.getDisplayName();
  }

  /** Whether all tests ran, and exactly those of our deviations failed. */
  boolean areExpected() {
    return outcomes.size() == TESTS
        && vanished().isEmpty()
        && outcomes.entrySet().stream().allMatch(one -> isExpected(one.getKey(), one.getValue()));
  }

  private static boolean isExpected(String test, Outcome outcome) {
    return outcome.end() == (Deviation.of(test).isPresent() ? End.FAILED : End.PASSED);
  }

  /** The tests of our deviations that the TCK has no more. */
  private Set<String> vanished() {
    Set<String> vanished = new TreeSet<>(Deviation.tests());
    vanished.removeAll(outcomes.keySet());
    return vanished;
  }

  /** A line for each test, and how many there were. */
  String text() {
    StringBuilder text = new StringBuilder();
    outcomes.forEach(
        (test, outcome) ->
            text.append(verdict(test, outcome)).append(' ').append(test).append('\n'));
    vanished().forEach(test -> text.append("VANISHED, a deviation no more: " + test + "\n"));
    return text.append(outcomes.size() + " tests of " + TESTS + "\n").toString();
  }

  private static String verdict(String test, Outcome outcome) {
    boolean deviates = Deviation.of(test).isPresent();
    return switch (outcome.end()) {
      case PASSED -> deviates ? "UNEXPECTED PASS, a deviation no more:" : "PASS     ";
      case FAILED -> deviates ? "DEVIATION" : "FAIL (" + outcome.why() + ")";
      case NOT_RUN -> "NOT RUN (" + outcome.why() + ")";
    };
  }
}
