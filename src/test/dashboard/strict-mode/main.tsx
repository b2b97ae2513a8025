// The hook in StrictMode, which mounts everything twice in development.
import { StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { useStreamEvents } from '../../useStreamEvents';

const server = new URLSearchParams(location.search).get('server')!;
const root = createRoot(document.getElementById('root')!);
const counts = { mounted: 0, unmounted: 0 };

function References() {
  const { events, connected } = useStreamEvents({ url: server, all: true });
  useEffect(() => {
    counts.mounted++;
    return () => void counts.unmounted++;
  }, []);
  return (
    <>
      <p data-testid="state">{connected ? 'open' : 'not open'}</p>
      <p data-testid="references">{events.map(({ data }) => data.reference).join(' ')}</p>
    </>
  );
}

const mount = () => root.render(<StrictMode><References /></StrictMode>);
const unmount = () => root.render(<p data-testid="state">unmounted</p>);

Object.assign(window, { counts, mount, unmount });
mount();
