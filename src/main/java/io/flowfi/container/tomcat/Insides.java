package io.flowfi.container.tomcat;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * Everything that we look up in Tomcat by name, because there is no API for it. It is all here, so
 * that a test can check the whole list with each supported Tomcat. Only this class looks anything
 * up; each part decides what it does when something is missing.
 */
final class Insides {
  private static final String FACADE = "org.apache.catalina.connector.RequestFacade";
  private static final String PROCESSOR = "org.apache.coyote.AbstractProcessor";
  private static final String NET = "org.apache.tomcat.util.net.";
  private static final String HTTP2 = "org.apache.coyote.http2.";
  private static final String STREAM = HTTP2 + "Stream";
  private static final String STREAM_OUTPUT = HTTP2 + "Stream$StreamOutputBuffer";
  private static final String HTTP2_ERROR = HTTP2 + "Http2Error";

  private Insides() {}

  /** A field of this type, or a constant. */
  enum Field {
    FACADE_REQUEST(FACADE, "request", "org.apache.catalina.connector.Request"),
    REQUEST_HOOK("org.apache.coyote.Request", "hook", "org.apache.coyote.ActionHook"),
    PROCESSOR_SOCKET(PROCESSOR, "socketWrapper", NET + "SocketWrapperBase"),
    READ_BUFFER(NET + "SocketBufferHandler", "readBuffer", "java.nio.ByteBuffer"),
    WRITE_BUFFER(NET + "SocketBufferHandler", "writeBuffer", "java.nio.ByteBuffer"),
    SOCKET_POOL(
        NET + "NioEndpoint$NioSocketWrapper",
        "nioChannels",
        "org.apache.tomcat.util.collections.SynchronizedStack"),
    HTTP2_STREAM(HTTP2 + "StreamProcessor", "stream", STREAM),
    HTTP2_CONNECTION(HTTP2 + "StreamProcessor", "handler", HTTP2 + "Http2UpgradeHandler"),
    HTTP2_STREAMS(
        HTTP2 + "Http2UpgradeHandler", "streams", "java.util.concurrent.ConcurrentNavigableMap"),
    HTTP2_OUTPUT(STREAM, "streamOutputBuffer", STREAM_OUTPUT),
    HTTP2_RESERVED(STREAM_OUTPUT, "streamReservation", "int"),
    HTTP2_CANCEL(HTTP2_ERROR, "CANCEL", HTTP2_ERROR);

    private final String owner;
    private final String field;
    private final String type;

    Field(String owner, String field, String type) {
      this.owner = owner;
      this.field = field;
      this.type = type;
    }

    /** The class that has it. */
    Class<?> owner() throws ReflectiveOperationException {
      return Class.forName(owner);
    }

    /**
     * @throws ReflectiveOperationException if this Tomcat has no such field, or of another type
     */
    VarHandle find() throws ReflectiveOperationException {
      java.lang.reflect.Field found = owner().getDeclaredField(field);
      if (!found.getType().getName().equals(type)) {
        throw new NoSuchFieldException(owner + "." + field + " is " + found.getType());
      }
      return inside(owner()).unreflectVarHandle(found);
    }
  }

  /** A method with this result and these parameters. */
  enum Method {
    HTTP2_WINDOW(HTTP2 + "AbstractStream", "getWindowSize", "long"),
    HTTP2_READY(STREAM_OUTPUT, "isReady", "boolean"),
    HTTP2_RESET(STREAM, "doStreamCancel", "void", "java.lang.String", HTTP2_ERROR);

    private final String owner;
    private final String method;
    private final String result;
    private final List<String> parameters;

    Method(String owner, String method, String result, String... parameters) {
      this.owner = owner;
      this.method = method;
      this.result = result;
      this.parameters = List.of(parameters);
    }

    /**
     * @throws ReflectiveOperationException if this Tomcat has no such method
     */
    MethodHandle find() throws ReflectiveOperationException {
      Class<?> type = Class.forName(owner);
      MethodType takes = MethodType.methodType(void.class);
      for (String parameter : parameters) {
        takes = takes.appendParameterTypes(Class.forName(parameter));
      }
      java.lang.reflect.Method found = type.getDeclaredMethod(method, takes.parameterArray());
      if (!found.getReturnType().getName().equals(result)) {
        throw new NoSuchMethodException(owner + "." + method + " gives " + found.getReturnType());
      }
      return inside(type).unreflect(found);
    }
  }

  private static MethodHandles.Lookup inside(Class<?> type) throws IllegalAccessException {
    return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
  }
}
