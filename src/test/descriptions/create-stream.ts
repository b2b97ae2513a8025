// Uses a generated client: creates a stream, reads it back, and finds its event. Argument: the server's URL.
import { Configuration, EventsApi, ResponseError, StreamsApi } from './generated';

declare const process: { argv: string[] };

const configuration = new Configuration({ basePath: process.argv[2].replace(/\/$/, '') });

async function run(): Promise<string> {
  const streams = new StreamsApi(configuration);
  const receipt = await streams.createStream({
    idempotencyKey: 'typescript-1',
    newStream: {
      sender: 'GBTSE4RMW65WAJUVUPWDNPPWPS3IAS32BNNKSHMWAQ7HWSMHQWJ2AQS6',
      recipient: 'GCA336MKW524HCRAKCQMCV4YFFHIWTS4TXRSLLPO3EXDKGXXIFZENKIU',
      tokenAddress: 'CCFQRS6MYEFOQG3HZJ2KMX6VF5XB56M2BD3HGJOPFWRT5BG5EP7AQJRW',
      ratePerSecond: '10',
      depositedAmount: '170141183460469231731687303715884105727',
      startTime: 1767225600,
    },
  });
  const read = await streams.getStream({ id: receipt.streamId });
  const { events } = await new EventsApi(configuration).getStreamEvents({ id: read.streamId, order: 'asc' });
  return `${read.status} ${read.depositedAmount} ${events[0].type}`;
}

run().then(console.log, async (failure: unknown) => {
  console.error(failure instanceof ResponseError ? await failure.response.text() : failure);
  throw failure;
});
