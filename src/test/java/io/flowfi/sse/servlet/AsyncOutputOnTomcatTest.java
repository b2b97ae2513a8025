package io.flowfi.sse.servlet;

import io.flowfi.sse.EmbeddedTomcat;
import io.flowfi.sse.EventStreamContract;

class AsyncOutputOnTomcatTest extends EventStreamContract {
  private EmbeddedTomcat tomcat;

  @Override
  protected int startContainer() throws Exception {
    tomcat = new EmbeddedTomcat(streams, OutputMode.ASYNC, connector -> {});
    return tomcat.port();
  }

  @Override
  protected void stopContainer() throws Exception {
    tomcat.stop();
  }
}
