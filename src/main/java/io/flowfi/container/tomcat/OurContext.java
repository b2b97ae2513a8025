package io.flowfi.container.tomcat;

import jakarta.servlet.ServletContext;
import org.apache.catalina.Context;
import org.apache.catalina.Engine;
import org.apache.catalina.Globals;
import org.apache.catalina.Service;
import org.apache.catalina.WebResourceRoot;

/** The way from the application to Tomcat's own objects. */
final class OurContext {
  private OurContext() {}

  static Context of(ServletContext application) {
    return ((WebResourceRoot) application.getAttribute(Globals.RESOURCES_ATTR)).getContext();
  }

  /** What the application is served by: its connectors, and the server around it. */
  static Service serviceOf(ServletContext application) {
    return ((Engine) of(application).getParent().getParent()).getService();
  }
}
