package io.flowfi.container.tomcat;

import org.apache.catalina.connector.Connector;

/** As in the shipped {@code server.xml}: the sockets of event streams have no buffers. */
class DetachedOutputWithoutPoolTest extends DetachedOutputTest {
  @Override
  void configure(Connector connector) {
    super.configure(connector);
    connector.setProperty("socket.bufferPool", "0");
  }

  @Override
  int bufferBytes() {
    return 0;
  }
}
