package io.flowfi.tck;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.jboss.arquillian.container.spi.client.container.ContainerConfiguration;
import org.jboss.arquillian.container.spi.client.container.DeployableContainer;
import org.jboss.arquillian.container.spi.client.container.DeploymentException;
import org.jboss.arquillian.container.spi.client.container.LifecycleException;
import org.jboss.arquillian.container.spi.client.protocol.ProtocolDescription;
import org.jboss.arquillian.container.spi.client.protocol.metadata.ProtocolMetaData;
import org.jboss.arquillian.core.spi.LoadableExtension;
import org.jboss.shrinkwrap.api.Archive;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.descriptor.api.Descriptor;

/**
 * Arquillian's container: a Tomcat in this JVM, on a free port of the loopback address. The
 * archives hold only the TCK's own classes; Jersey and our classes come from the class path.
 */
public final class EmbeddedContainer implements DeployableContainer<EmbeddedContainer.Settings> {
  private final Map<String, Context> deployed = new HashMap<>();
  private Tomcat tomcat;
  private Path base;

  /** There are none. */
  public static final class Settings implements ContainerConfiguration {
    @Override
    public void validate() {
      // nothing to check
    }
  }

  /** Makes this container known to Arquillian. */
  public static final class Extension implements LoadableExtension {
    @Override
    public void register(ExtensionBuilder builder) {
      builder.service(DeployableContainer.class, EmbeddedContainer.class);
    }
  }

  @Override
  public Class<Settings> getConfigurationClass() {
    return Settings.class;
  }

  @Override
  public ProtocolDescription getDefaultProtocol() {
    return new ProtocolDescription("Local");
  }

  @Override
  public void start() throws LifecycleException {
    try {
      base = Files.createTempDirectory("flowfi-tck-");
      Files.createDirectory(base.resolve("webapps"));
      tomcat = new Tomcat();
      tomcat.setBaseDir(base.toString());
      tomcat.setPort(0);
      tomcat.getConnector().setProperty("address", "127.0.0.1");
      tomcat.start();
    } catch (IOException | org.apache.catalina.LifecycleException e) {
      throw new LifecycleException("Tomcat does not start", e);
    }
    // where the tests look for it
    System.setProperty("webServerHost", "127.0.0.1");
    System.setProperty("webServerPort", Integer.toString(tomcat.getConnector().getLocalPort()));
  }

  @Override
  public ProtocolMetaData deploy(Archive<?> archive) throws DeploymentException {
    Path war = base.resolve(archive.getName());
    archive.as(ZipExporter.class).exportTo(war.toFile(), true);
    String path = "/" + archive.getName().replace(".war", "");
    Context context = tomcat.addWebapp(path, war.toString());
    context.setParentClassLoader(getClass().getClassLoader());
    if (!context.getState().isAvailable()) {
      throw new DeploymentException("not started: " + archive.getName());
    }
    deployed.put(archive.getName(), context);
    return new ProtocolMetaData();
  }

  @Override
  public void undeploy(Archive<?> archive) {
    tomcat.getHost().removeChild(deployed.remove(archive.getName()));
  }

  @Override
  public void deploy(Descriptor descriptor) {
    throw new UnsupportedOperationException("the TCK deploys archives");
  }

  @Override
  public void undeploy(Descriptor descriptor) {
    throw new UnsupportedOperationException("the TCK deploys archives");
  }

  @Override
  public void stop() throws LifecycleException {
    try {
      tomcat.stop();
      tomcat.destroy();
    } catch (org.apache.catalina.LifecycleException e) {
      throw new LifecycleException("Tomcat does not stop", e);
    }
  }
}
