import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Dashboard } from './Dashboard';
import './dashboard.css';

// ?server=http://localhost:3001/&user=G...: without a user everything that may be seen
const query = new URLSearchParams(location.search);
const user = query.get('user');

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <Dashboard server={query.get('server') ?? '/'} user={user ?? undefined} />
  </StrictMode>,
);
