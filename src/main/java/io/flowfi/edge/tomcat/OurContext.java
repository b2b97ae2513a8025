package io.flowfi.edge.tomcat;

import jakarta.servlet.ServletContext;
import org.apache.catalina.Context;
import org.apache.catalina.Globals;
import org.apache.catalina.WebResourceRoot;

/** The way from the application to Tomcat's own objects. */
final class OurContext {
  private OurContext() {}

  static Context of(ServletContext application) {
    return ((WebResourceRoot) application.getAttribute(Globals.RESOURCES_ATTR)).getContext();
  }
}
