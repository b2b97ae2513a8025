package io.flowfi.tck;

import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/** What became of each test; one that did not run has failed. */
final class Outcomes implements TestExecutionListener {
  private static final String PASSED = "passed";

  private final Map<String, String> outcomes = new TreeMap<>();

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    outcomes.put(name(test), "skipped: " + reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    boolean passed = result.getStatus() == Status.SUCCESSFUL;
    if (test.isTest() || !passed) {
      outcomes.put(
          name(test),
          passed ? PASSED : result.getThrowable().map(Throwable::toString).orElse("aborted"));
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

  /** Whether exactly the tests of our deviations failed. */
  boolean areExpected() {
    return !outcomes.isEmpty()
        && outcomes.entrySet().stream()
            .allMatch(one -> isPassed(one.getValue()) == Deviation.of(one.getKey()).isEmpty());
  }

  /** A line for each test. */
  String text() {
    StringBuilder text = new StringBuilder();
    outcomes.forEach(
        (test, outcome) ->
            text.append(verdict(test, outcome)).append(' ').append(test).append('\n'));
    return text.toString();
  }

  private static String verdict(String test, String outcome) {
    Deviation deviation = Deviation.of(test).orElse(null);
    if (isPassed(outcome)) {
      return deviation == null ? "PASS     " : "UNEXPECTED PASS, a deviation no more:";
    }
    return deviation == null ? "FAIL (" + outcome + ")" : "DEVIATION";
  }

  private static boolean isPassed(String outcome) {
    return outcome.equals(PASSED);
  }
}
