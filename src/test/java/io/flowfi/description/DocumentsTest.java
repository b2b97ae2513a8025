package io.flowfi.description;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The served documents are those that the code and {@code src/main/api} make. To write them anew:
 * {@code mvn test -Dtest=DocumentsTest -Dflowfi.documents=write}.
 */
class DocumentsTest {
  @Test
  void shouldServeWhatTheCodeSays() throws Exception {
    if ("write".equals(System.getProperty("flowfi.documents"))) {
      Documents.write();
    }
    for (var document : Documents.all().entrySet()) {
      Path file = Documents.FOLDER.resolve(document.getKey());
      assertThat(Files.exists(file) ? Files.readString(file) : "")
          .as(
              "%s is not what the code and src/main/api say. Write it anew, look at the change, and"
                  + " commit it: mvn test -Dtest=DocumentsTest -Dflowfi.documents=write"
                  + " -Djacoco.skip",
              file)
          .isEqualTo(document.getValue());
    }
  }
}
