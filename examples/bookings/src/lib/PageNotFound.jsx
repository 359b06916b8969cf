import { Link, useLocation } from 'react-router-dom';

export default function PageNotFound() {
  const { pathname } = useLocation();

  return (
    <main className="flex min-h-screen flex-col items-center justify-center gap-4 p-6 text-center">
      <p className="font-display text-6xl text-amber-700">404</p>
      <h1 className="text-xl font-semibold">There is no page at {pathname}</h1>
      <Link to="/" className="text-amber-800 underline">Back to the dashboard</Link>
    </main>
  );
}
