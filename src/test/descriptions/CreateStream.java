import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.EventsApi;
import org.openapitools.client.api.StreamsApi;
import org.openapitools.client.model.NewStream;
import org.openapitools.client.model.Receipt;

/** Uses a generated client: creates a stream, reads it back, and finds its event. Argument: the server's URL. */
public final class CreateStream {
  public static void main(String[] arguments) throws ApiException {
    ApiClient client = new ApiClient();
    client.updateBaseUri(arguments[0].replaceFirst("/$", ""));
    StreamsApi streams = new StreamsApi(client);
    NewStream stream =
        new NewStream()
            .sender("GBTSE4RMW65WAJUVUPWDNPPWPS3IAS32BNNKSHMWAQ7HWSMHQWJ2AQS6")
            .recipient("GCA336MKW524HCRAKCQMCV4YFFHIWTS4TXRSLLPO3EXDKGXXIFZENKIU")
            .tokenAddress("CCFQRS6MYEFOQG3HZJ2KMX6VF5XB56M2BD3HGJOPFWRT5BG5EP7AQJRW")
            .ratePerSecond("10")
            .depositedAmount("170141183460469231731687303715884105727")
            .startTime(1767225600L);
    Receipt receipt = streams.createStream(stream, "java-1", null, null, null, null, null);
    var read = streams.getStream(receipt.getStreamId(), null, null, null, null);
    var events =
        new EventsApi(client)
            .getStreamEvents(
                read.getStreamId(), null, null, null, null, null, null, "asc", null, null, null, null,
                null, null, null, null, null);
    System.out.println(
        read.getStatus() + " " + read.getDepositedAmount() + " " + events.getEvents().get(0).getType());
  }
}
