package io.flowfi.web.wire;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.Feature;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.ContextResolver;
import org.glassfish.jersey.jackson.JacksonFeature;

/**
 * Lets a resource answer with a record: Jackson writes its fields in their order, nulls too unless
 * the record says otherwise. Bodies of requests are not read this way, see {@link JsonBody}.
 */
public final class JsonAnswers implements Feature {
  @Override
  public boolean configure(FeatureContext context) {
    context.register(new Configuration());
    // its own exception mappers would show clients the names of our classes
    context.register(JacksonFeature.withoutExceptionMappers());
    return true;
  }

  private static final class Configuration implements ContextResolver<ObjectMapper> {
    private final ObjectMapper mapper = Json.mapper();

    @Override
    public ObjectMapper getContext(Class<?> type) {
      return mapper;
    }
  }
}
