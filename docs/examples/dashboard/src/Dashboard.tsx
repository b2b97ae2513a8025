import { memo } from 'react';
import type { FlowFiEvent, Status, Stream } from 'flowfi-events';
import { Balance, useStreamEvents } from '../../useStreamEvents';

// null: the chain has not told it yet
const short = (address: string | null) => (address === null ? '?' : `${address.slice(0, 4)}…${address.slice(-4)}`);

export function Dashboard({ server, user }: { server: string; user?: string }) {
  performance.mark('dashboard'); // for the test: how often it renders
  const { events, connected, status, state } = useStreamEvents({
    url: server,
    ...(user === undefined ? { all: true } : { userKeys: [user] }),
    snapshot: true,
  });
  const streams = [...state.streams.values()].reverse().slice(0, 50);
  return (
    <main>
      <header>
        <h1>Payment streams</h1>
        <State connected={connected} status={status} />
      </header>
      <section className="cards">
        {streams.map((stream) => (
          <Card key={stream.streamId} stream={stream} />
        ))}
        {state.complete && streams.length === 0 && <p>No streams yet.</p>}
      </section>
      <section>
        <h2>Events</h2>
        <ol className="events">
          {events.filter(({ id }) => id !== null).map((event) => (
            <Row key={event.id} event={event} />
          ))}
        </ol>
      </section>
    </main>
  );
}

function State({ connected, status }: { connected: boolean; status: Status }) {
  return (
    <p className="state" data-testid="state" data-connected={connected} title={status.reason}>
      {status.name}
    </p>
  );
}

// A stream is another object only when it has changed: the other cards stay as they are.
const Card = memo(function Card({ stream }: { stream: Stream }) {
  return (
    <article data-testid="stream" data-stream={stream.streamId} data-status={stream.status}>
      <h3>
        Stream {stream.streamId} <small>{stream.status.toLowerCase()}</small>
      </h3>
      <p className="parties">
        {short(stream.sender)} → {short(stream.recipient)}
      </p>
      <p className="balance" data-testid="balance">
        <Balance stream={stream} />
      </p>
      <p className="terms">
        {stream.ratePerSecond} a second, {stream.withdrawnAmount} of {stream.depositedAmount} withdrawn
      </p>
    </article>
  );
});

const Row = memo(function Row({ event }: { event: FlowFiEvent }) {
  return (
    <li data-testid="event" data-reference={event.data.reference}>
      <b>#{event.id}</b> <code>{event.type}</code> {event.data.streamId} {event.data.reference}
    </li>
  );
});
