package io.flowfi.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** Numbers of the shipped connector that must fit those of other programs. */
class ServerXmlTest {
  private static Element connector;

  @BeforeAll
  static void read() throws Exception {
    connector =
        (Element)
            DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of("tomcat-conf", "server.xml").toFile())
                .getElementsByTagName("Connector")
                .item(0);
  }

  private static int number(String name) {
    return Integer.parseInt(connector.getAttribute(name));
  }

  /** nginx and most load balancers keep a connection for 60 s. They have to close it first. */
  @Test
  void shouldKeepConnectionsForLongerThanThoseInFront() {
    assertThat(number("keepAliveTimeout")).isGreaterThanOrEqualTo(75_000);
  }

  /** A request that asks for HTTP/2 arrives with its body, or the connector answers for it. */
  @Test
  void shouldSaveTheLargestBodyThatIsTaken() {
    assertThat(number("maxSavePostSize")).isEqualTo(16 * 1024);
  }
}
