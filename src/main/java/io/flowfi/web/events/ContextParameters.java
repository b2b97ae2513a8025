package io.flowfi.web.events;

import io.flowfi.sse.ServletExchange;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import java.util.function.Function;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.model.Parameter;
import org.glassfish.jersey.server.spi.internal.ValueParamProvider;

/**
 * Takes the parameters of resource methods straight from the request. Jersey would look each of
 * them up in its injection framework for every request, and create a bean by reflection: together a
 * tenth of the cost of a request.
 */
public final class ContextParameters implements ValueParamProvider {
  private static final int BEFORE_JERSEYS_OWN = 1000;

  @Override
  public Function<ContainerRequest, ?> getValueProvider(Parameter parameter) {
    Class<?> type = parameter.getRawType();
    if (type == SubscribeParameters.class) {
      return request -> new SubscribeParameters(request.getUriInfo(), request);
    }
    if (!parameter.isAnnotationPresent(Context.class)) {
      return null;
    }
    if (type == HttpHeaders.class) {
      return request -> request;
    }
    if (type == UriInfo.class) {
      return ContainerRequest::getUriInfo;
    }
    if (type == HttpServletRequest.class) {
      return request -> ServletExchange.of(request).request();
    }
    if (type == ServletExchange.class) {
      return ServletExchange::of;
    }
    return null;
  }

  @Override
  public PriorityType getPriority() {
    return () -> BEFORE_JERSEYS_OWN;
  }
}
