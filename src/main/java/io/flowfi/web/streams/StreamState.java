package io.flowfi.web.streams;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializable;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.jsontype.TypeSerializer;
import io.flowfi.payment.PaymentStream;
import java.io.IOException;

/**
 * A payment stream in an answer that Jackson writes. Only {@link StreamJson} knows its fields.
 *
 * @param at Unix seconds to compute the claimable amount for
 */
record StreamState(PaymentStream stream, long at) implements JsonSerializable {
  @Override
  public void serialize(JsonGenerator json, SerializerProvider provider) throws IOException {
    StreamJson.writeObject(json, stream, at);
  }

  @Override
  public void serializeWithType(
      JsonGenerator json, SerializerProvider provider, TypeSerializer type) throws IOException {
    serialize(json, provider);
  }
}
