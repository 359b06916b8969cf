import { QueryClientProvider } from '@tanstack/react-query'
import { BrowserRouter as Router, Route, Routes } from 'react-router-dom'
import { Toaster } from 'sonner'
import { AuthProvider, useAuth } from '@/lib/AuthContext'
import PageNotFound from '@/lib/PageNotFound'
import { queryClientInstance } from '@/lib/query-client'
import { pagesConfig } from './pages.config'

const { Pages, Layout, mainPage } = pagesConfig;
const MainPage = Pages[mainPage];

const LayoutWrapper = ({ children, currentPageName }) => Layout
  ? <Layout currentPageName={currentPageName}>{children}</Layout>
  : <>{children}</>;

const AuthenticatedApp = () => {
  const { isLoading, error, navigateToLogin } = useAuth();

  if (isLoading) {
    return (
      <div className="fixed inset-0 flex items-center justify-center" role="status">
        <div className="h-8 w-8 animate-spin rounded-full border-4 border-stone-200 border-t-amber-700" />
        <span className="sr-only">Loading</span>
      </div>
    );
  }

  if (error) {
    navigateToLogin();
    return null;
  }

  return (
    <Routes>
      <Route path="/" element={<LayoutWrapper currentPageName={mainPage}><MainPage /></LayoutWrapper>} />
      {Object.entries(Pages).map(([name, Page]) => (
        <Route
          key={name}
          path={`/${name}`}
          element={<LayoutWrapper currentPageName={name}><Page /></LayoutWrapper>}
        />
      ))}
      <Route path="*" element={<PageNotFound />} />
    </Routes>
  );
};

export default function App() {
  return (
    <AuthProvider>
      <QueryClientProvider client={queryClientInstance}>
        <Router>
          <AuthenticatedApp />
        </Router>
        <Toaster position="bottom-right" />
      </QueryClientProvider>
    </AuthProvider>
  );
}
