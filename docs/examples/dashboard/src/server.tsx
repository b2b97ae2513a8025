// Renders the page on a server: nothing connects there.
import { renderToString } from 'react-dom/server';
import { Dashboard } from './Dashboard';

console.log(renderToString(<Dashboard server="https://events.example.com/" />));
