package io.flowfi.conformance;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** All checks, one after the other. */
final class Kit {
  private Kit() {}

  /**
   * In the order in which they run: framing looks at what the others saw, drain ends the server.
   */
  static List<Check> checks() {
    return Stream.of(
            HeadChecks.all(),
            GreetingChecks.all(),
            EventChecks.all(),
            FilterChecks.all(),
            ResumeChecks.all(),
            ResetChecks.all(),
            SnapshotChecks.all(),
            HeartbeatChecks.all(),
            LimitChecks.all(),
            ProblemChecks.all(),
            AuthChecks.all(),
            BackpressureChecks.all(),
            ConnectionLimitChecks.all(),
            FramingChecks.all(),
            DrainChecks.all())
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Makes all checks whose names begin with one of the given texts, or all if there is none.
   *
   * @param each is told of each result at once
   */
  static List<Result> run(Target target, List<String> names, Consumer<Result> each) {
    List<Result> results = new ArrayList<>();
    try (Subject subject = new Subject(target)) {
      for (Check check : checks()) {
        if (names.isEmpty() || names.stream().anyMatch(check.name()::startsWith)) {
          Result result = make(check, subject);
          results.add(result);
          each.accept(result);
          // a server may end idle connections, and the next command would go into one that ends
          subject.close();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("a connection cannot be closed", e);
    }
    return results;
  }

  private static Result make(Check check, Subject subject) {
    long begin = System.nanoTime();
    Result.Verdict verdict;
    String seen;
    try {
      if (check.isLong() && subject.target().brief()) {
        throw new NotApplicable("left out of a brief run");
      }
      seen = check.probe().seen(subject);
      verdict = Result.Verdict.PASS;
    } catch (NotApplicable e) {
      verdict = Result.Verdict.NOT_APPLICABLE;
      seen = e.getMessage();
    } catch (IOException | RuntimeException e) {
      verdict = Result.Verdict.FAIL;
      seen = e instanceof Broken ? e.getMessage() : e.toString();
    }
    return new Result(check, verdict, seen, Duration.ofNanos(System.nanoTime() - begin));
  }
}
