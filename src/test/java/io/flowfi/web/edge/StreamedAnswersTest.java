package io.flowfi.web.edge;

import static org.assertj.core.api.Assertions.assertThat;

import io.flowfi.output.LongAnswer;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.ResourceConfig;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which answers of a resource are long, as Jersey sees them. */
class StreamedAnswersTest {
  @ParameterizedTest
  @CsvSource({"built, 0", "text, 0", "download, 1", "copy, 1", "admin/list, 1"})
  void shouldAskForPatienceWithWhatIsStreamed(String path, int times) throws Exception {
    ApplicationHandler api =
        new ApplicationHandler(
            new ResourceConfig().register(new Answers()).register(StreamedAnswers.class));
    AtomicInteger asked = new AtomicInteger();
    MapPropertiesDelegate properties = new MapPropertiesDelegate();
    properties.setProperty(LongAnswer.ATTRIBUTE, (LongAnswer) asked::incrementAndGet);
    URI base = URI.create("http://localhost/");
    ContainerRequest request =
        new ContainerRequest(base, base.resolve(path), "GET", null, properties, null);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    ContainerResponse response = api.apply(request, body).get();
    assertThat(response.getStatus()).isEqualTo(200);
    assertThat(body).hasToString("answer");
    assertThat(asked).hasValue(times);
  }

  @Path("/")
  public static final class Answers {
    @GET
    @Path("built")
    public byte[] built() {
      return "answer".getBytes(StandardCharsets.UTF_8);
    }

    @GET
    @Path("text")
    public String text() {
      return "answer";
    }

    @GET
    @Path("download")
    public StreamingOutput download() {
      return out -> out.write(built());
    }

    @GET
    @Path("admin/list")
    public String ofAdmins() {
      return "answer";
    }

    @GET
    @Path("copy")
    public InputStream copy() {
      return new ByteArrayInputStream(built());
    }
  }
}
