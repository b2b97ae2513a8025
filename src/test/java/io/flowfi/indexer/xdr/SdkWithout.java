package io.flowfi.indexer.xdr;

import io.flowfi.indexer.EventDecoder;
import io.flowfi.payment.Address;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/**
 * Our decoder beside an SDK that has lost one of its classes. Nobody knows of a value that our walk
 * and the SDK read differently, so only in this way it shows whether the SDK is asked.
 */
final class SdkWithout extends ClassLoader {
  private static final String OURS = SdkWithout.class.getPackageName() + '.';

  private final String missing;

  private SdkWithout(Class<?> missing) {
    super(SdkWithout.class.getClassLoader());
    this.missing = missing.getName();
  }

  /** A decoder for the contract of the fixture; it fails where it needs that class. */
  static EventDecoder decoder(Class<?> missing) {
    try {
      Consumer<String> anomalies = anomaly -> {};
      return (EventDecoder)
          new SdkWithout(missing)
              .loadClass(XdrEventDecoder.class.getName())
              .getConstructor(Address.class, Consumer.class)
              .newInstance(EventFixture.CONTRACT, anomalies);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (name.equals(missing)) {
      throw new ClassNotFoundException(name);
    }
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      return known == null ? defined(name) : known;
    }
  }

  private Class<?> defined(String name) throws ClassNotFoundException {
    try (InputStream file = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
      byte[] bytes = file.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
