package io.flowfi.browser;

import io.flowfi.it.NodeProject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Runs what checks the pages' modules, {@code src/test/pages}: their unit tests ({@code npm test}
 * there by hand), their types ({@code npm ci && npm run types}), what is published of them ({@code
 * npm run published}) and the filters of the React hook ({@code npm run hook}). Skipped, with a
 * reason, without a Node.js that recognises modules by itself, and without an npm to get TypeScript
 * and esbuild with.
 */
class PageUnitTest {
  private static final Path PAGES = Path.of("src/test/pages");

  @Test
  void shouldPassTheTestsOfThePagesModules() throws Exception {
    NodeProject.needNode("what the pages' modules do");
    try (Stream<Path> tests = Files.list(PAGES)) {
      NodeProject.test(tests.filter(t -> t.toString().endsWith(".test.js")).sorted().toList());
    }
  }

  @Test
  void shouldHaveTheTypesThatThePagesModulesSay() throws Exception {
    NodeProject here = NodeProject.install(PAGES, "the types of the pages' modules");
    String compiler = here.folder().resolve("node_modules/typescript/bin/tsc").toString();
    NodeProject.run(List.of("node", compiler, "--project", PAGES.toString()));
  }

  /** Its size, and the package that others install. */
  @Test
  void shouldPublishTheClient() throws Exception {
    NodeProject here = NodeProject.install(PAGES, "the package of the client");
    NodeProject.test(List.of(here.folder().resolve("published.mjs")));
  }

  @Test
  void shouldSubscribeToWhatTheReactHookIsAskedFor() throws Exception {
    NodeProject here = NodeProject.install(PAGES, "the filters of the React hook");
    NodeProject.test(List.of(here.folder().resolve("hook.mjs")));
  }
}
