package io.flowfi.container.tomcat;

import jakarta.servlet.ServletContext;
import org.apache.catalina.Context;
import org.apache.catalina.Engine;
import org.apache.catalina.Globals;
import org.apache.catalina.Service;
import org.apache.catalina.WebResourceRoot;

/** Finds Tomcat's own objects for the application. */
final class OurContext {
  private OurContext() {}

  static Context of(ServletContext application) {
    return ((WebResourceRoot) application.getAttribute(Globals.RESOURCES_ATTR)).getContext();
  }

  /** The service that runs the application: its connectors, and the server around it. */
  static Service serviceOf(ServletContext application) {
    return ((Engine) of(application).getParent().getParent()).getService();
  }
}
